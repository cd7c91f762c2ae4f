import { describe, expect, it } from 'vitest';
import { appOf, ended, resourceOf } from '../testing/apps.ts';
import { keyOf } from '../output/resource-states.ts';
import { isOperating, isReached, isStale, nothing, standard } from './conditions.ts';

const health = (status: string): ReturnType<typeof appOf> => appOf({ status: { health: { status } } });

describe('isReached', () => {
  it.each([
    ['Healthy', { health: true }, true],
    ['Degraded', { health: true }, false],
    ['Degraded', { health: true, degraded: true }, true],
    ['Suspended', { suspended: true }, true],
    ['Healthy', { suspended: true }, false],
    ['Missing', {}, true],
  ])('with health %s and %j is %s', (status, asked, reached) => {
    expect(isReached(health(status), { ...nothing, ...asked }, undefined)).toBe(reached);
  });

  it('needs sync, health and no operation by default', () => {
    expect(isReached(appOf(), standard, undefined)).toBe(true);
    expect(isReached(appOf({ status: { sync: { status: 'OutOfSync' } } }), standard, undefined)).toBe(false);
    expect(isReached(appOf({ operation: {} }), standard, undefined)).toBe(false);
  });

  it('looks at chosen objects only; one without a health of its own is healthy', () => {
    const bad = resourceOf({ name: 'bad', status: 'OutOfSync', health: { status: 'Degraded' } });
    const plain = resourceOf({ kind: 'ConfigMap', name: 'plain', health: undefined });
    const app = appOf({ status: { sync: { status: 'OutOfSync' }, resources: [bad, plain] } });
    const chosen = (name: string): ReadonlySet<string> =>
      new Set((app.status?.resources ?? []).filter((one) => one.name === name).map(keyOf));
    expect(isReached(app, standard, chosen('plain'))).toBe(true);
    expect(isReached(app, standard, chosen('bad'))).toBe(false);
  });

  it('waits for the hydrator where asked', () => {
    const app = appOf({ status: { sourceHydrator: { currentOperation: { phase: 'Hydrating' } } } });
    expect(isReached(app, standard, undefined)).toBe(false);
    expect(isReached(app, { ...standard, hydrated: false }, undefined)).toBe(true);
  });
});

describe('operations', () => {
  it('are under way until they have an end', () => {
    expect(isOperating(appOf())).toBe(false);
    expect(isOperating(appOf({ status: { operationState: ended() } }))).toBe(false);
    expect(isOperating(appOf({ status: { operationState: ended({ finishedAt: undefined }) } }))).toBe(true);
  });

  it.each([
    ['2026-01-02T03:04:04Z', {}, true],
    ['2026-01-02T03:04:05Z', {}, false],
    [undefined, {}, true],
    ['2026-01-02T03:04:04Z', { operation: { sync: { dryRun: true } } }, false],
  ])('compared at %s with %j leave a stale status: %s', (reconciledAt, more, stale) => {
    expect(isStale(appOf({ status: { reconciledAt, operationState: ended(more) } }))).toBe(stale);
  });
});
