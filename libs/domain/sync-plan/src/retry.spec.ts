import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationState } from '@tiphys/model';
import { dueIn, isoSeconds, mayRetry, restartRetry, retryWait, scheduleRetry } from './retry.ts';

const now = Date.parse('2026-01-01T00:10:00Z');
const finished = (over: Partial<OperationState> = {}): OperationState => ({
  phase: 'Succeeded',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:09:59Z',
  operation: { sync: { revision: 'r1' } },
  syncResult: { revision: 'r1' },
  ...over,
});

describe('retries', () => {
  const parse = (text: string) => Number(text.replace('s', '')) * 1_000;

  it.each([
    [undefined, 0, 5_000],
    [undefined, 1, 10_000],
    [undefined, 20, 180_000],
    [{ backoff: { duration: '1s', factor: 3, maxDuration: '4s' } }, 1, 3_000],
    [{ backoff: { duration: '1s', factor: 3, maxDuration: '4s' } }, 2, 4_000],
    [{ backoff: { duration: '1s', maxDuration: '0' } }, 10, 1_024_000],
  ])('%j, retry %i', (policy, count, ms) => expect(retryWait(policy, count, parse)).toBe(ms));

  it('end at the limit, never at a negative one', () => {
    expect([
      mayRetry(undefined, 0),
      mayRetry({ limit: 2 }, 1),
      mayRetry({ limit: 2 }, 2),
      mayRetry({ limit: -1 }, 99),
    ]).toEqual([false, true, false, true]);
  });

  it('announce the wait of the old count and wait that of the new one', () => {
    const state = scheduleRetry(finished({ phase: 'Running' }), {
      message: 'it broke',
      now: new Date(now),
      parse,
    });
    expect(state).toMatchObject({
      retryCount: 1,
      message: 'it broke. Retrying attempt #1 at 12:10AM.',
      finishedAt: isoSeconds(new Date(now)),
    });
    expect(dueIn(state, now, parse)).toBe(10_000);
    expect(dueIn(state, now + 60_000, parse)).toBe(0);
    expect(dueIn(finished(), now, parse)).toBeUndefined();
  });

  it('begin without the marks of the try before', () =>
    expect(restartRetry(finished({ phase: 'Running', retryCount: 2 }))).toEqual({
      phase: 'Running',
      startedAt: '2026-01-01T00:00:00Z',
      operation: { sync: { revision: 'r1' } },
      retryCount: 2,
      message: 'Retrying operation. Attempt #2',
    }));

  it('begin at the newest revision where the policy asks for it', () => {
    const retry = { limit: 2, refresh: true };
    const operation = { retry, sync: { revision: 'r1', revisions: ['r1'], prune: true } };
    expect(restartRetry(finished({ phase: 'Running', retryCount: 1, operation }))).toMatchObject({
      operation: { retry, sync: { prune: true } },
      message: 'Retrying operation with latest revisions. Attempt #1',
    });
  });

  it('wait longer each time, and never longer than the cap', () =>
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 60 }),
        (n, factor, s) => {
          const backoff = { duration: `${s}s`, factor, maxDuration: '600s' };
          const wait = retryWait({ backoff }, n, parse);
          expect(wait).toBeLessThanOrEqual(600_000);
          expect(retryWait({ backoff }, n + 1, parse)).toBeGreaterThanOrEqual(wait);
        },
      ),
    ));
});
