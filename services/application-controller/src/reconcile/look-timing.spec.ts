import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import type { DiffTools } from '../compare/diff-cache.ts';
import { AppMemory } from './app-memory.ts';
import { failuresOf, nextLookMs, resyncMsOf, sooner } from './look-timing.ts';
import type { ReconcileSettings } from './reconciler-deps.ts';

const now = Date.parse('2026-01-01T00:10:00Z');

const app = (uid: string, status: Application['status'] = {}): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', uid },
  spec: { project: 'default', destination: {} },
  status,
});

const depsWith = (times: Partial<ReconcileSettings>) => ({
  clock: { now: () => now } as never,
  settings: { resyncMs: 120_000, jitterMs: 60_000, hardResyncMs: 0, ...times } as ReconcileSettings,
});

const memoryAt = (at = now): AppMemory => new AppMemory({} as DiffTools, at);

/** As random as those that an API server gives. */
const uidOf = (index: number): string =>
  createHash('sha256').update(String(index)).digest('hex').slice(0, 32);

describe('the interval', () => {
  it('has a share of the jitter that is always the same for one Application', () =>
    fc.assert(
      fc.property(fc.uuid(), fc.nat(600_000), (uid, jitterMs) => {
        const interval = (): number => resyncMsOf(app(uid), memoryAt(), depsWith({ jitterMs }));
        expect(interval()).toBeGreaterThanOrEqual(120_000);
        expect(interval()).toBeLessThanOrEqual(120_000 + jitterMs);
        expect(interval()).toBe(interval());
      }),
    ));

  it('spreads Applications over the jitter', () => {
    const shares = Array.from({ length: 400 }, (_, index) =>
      resyncMsOf(app(uidOf(index)), memoryAt(), depsWith({})),
    );
    for (const quarter of [0, 1, 2, 3]) {
      const from = 120_000 + quarter * 15_000;
      const inside = shares.filter((ms) => ms >= from && ms < from + 15_000);
      expect(inside.length).toBeGreaterThan(60);
    }
  });

  it.each([
    [0, 120_000, 120_000],
    [1, 120_000, 5_000],
    [3, 120_000, 20_000],
    [9, 120_000, 120_000],
    [2, 0, 10_000],
    [0, 0, 0],
  ])('after %i failures, with %i ms, is %i ms', (failures, resyncMs, expected) => {
    const memory = memoryAt();
    memory.failures = failures;
    expect(resyncMsOf(app('u'), memory, depsWith({ resyncMs, jitterMs: 0 }))).toBe(expected);
  });

  it('counts a failure that the status tells of after a restart', () => {
    const message = 'no';
    const conditions = [
      { type: 'ComparisonError', message, lastTransitionTime: '2026-01-01T00:00:00Z' } as const,
    ];
    expect([failuresOf(app('u', { conditions }), memoryAt()), failuresOf(app('u'), memoryAt())]).toEqual([
      1, 0,
    ]);
  });
});

describe('the next look', () => {
  const seen = { reconciledAt: '2026-01-01T00:09:00Z' };

  it.each<[string, Partial<ReconcileSettings>, number | undefined]>([
    ['is due when the interval is over', { jitterMs: 0 }, 60_000],
    ['is due earlier where the caches are to be left aside', { jitterMs: 0, hardResyncMs: 30_000 }, 30_000],
    ['is never due sooner than in a second', { resyncMs: 1_000, jitterMs: 0 }, 1_000],
    ['is never due where polling is off', { resyncMs: 0 }, undefined],
    ['is due within a day', { resyncMs: 10 * 86_400_000, jitterMs: 0 }, 86_400_000],
  ])('%s', (_name, times, expected) =>
    expect(nextLookMs(seen, app('u', seen), { memory: memoryAt(), deps: depsWith(times) })).toBe(expected),
  );

  it.each([
    [undefined, undefined, undefined],
    [5, undefined, 5],
    [undefined, 6, 6],
    [7, 6, 6],
  ])('of %s and %s is the sooner one', (a, b, expected) => expect(sooner(a, b)).toBe(expected));
});
