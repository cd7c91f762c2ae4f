import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeBackoff } from './backoff.ts';

const settings = { firstMs: 100, maxMs: 1_000 };

it('doubles to its end, and starts over', () => {
  const backoff = makeBackoff(settings, () => 1 - Number.EPSILON);
  const waits = Array.from({ length: 6 }, () => Math.round(backoff.next()));
  expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  backoff.reset();
  expect(Math.round(backoff.next())).toBe(100);
});

it('always waits between half and all of the step', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (numbers) => {
      let at = 0;
      const backoff = makeBackoff(settings, () => numbers[at++] ?? 0);
      for (let step = 0; step < numbers.length; step += 1) {
        const full = Math.min(1_000, 100 * 2 ** step);
        const wait = backoff.next();
        expect(wait).toBeGreaterThanOrEqual(full / 2);
        expect(wait).toBeLessThanOrEqual(full);
      }
    }),
  );
});
