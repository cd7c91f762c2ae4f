import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { Counters, Logger } from '@tiphys/ports';
import { createMemoryCounters } from '@tiphys/adapter-redis';
import { Attempts } from './attempts.ts';

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => logger,
};
const away: Counters = {
  increment: () => Promise.reject(new TiphysError('unavailable', 'gone')),
  reset: () => Promise.reject(new TiphysError('unavailable', 'gone')),
};
const limits = { maxFailures: 3, windowMs: 60_000, maxPerAddress: 6, maxConcurrent: 4 };
const make = (counters: Counters = createMemoryCounters()): Attempts =>
  new Attempts({ counters, local: createMemoryCounters(), limits, logger });
const right = (): Promise<true> => Promise.resolve(true);
const wrong = (): Promise<undefined> => Promise.resolve(undefined);

describe('Attempts', () => {
  it('forgets failures after a success', async () => {
    const attempts = make();
    for (let round = 0; round < 4; round++) {
      await attempts.run('a', `ip${round}`, wrong);
      expect(await attempts.run('a', `ip${round}`, right)).toBe(true);
    }
  });

  it.each([
    ['shared counters', undefined],
    ['the counters of this process, while the shared ones are away', away],
  ])('locks by %s', async (_name, counters) => {
    const attempts = make(counters);
    for (let round = 0; round < 3; round++) await attempts.run('a', 'ip', wrong);
    expect(await attempts.run('a', 'ip', right)).toBeUndefined();
    expect(await attempts.run('b', 'ip', right)).toBe(true);
  });

  it('does the same work for a locked account', async () => {
    const attempts = make();
    for (let round = 0; round < 3; round++) await attempts.run('a', 'ip', wrong);
    let worked = false;
    await attempts.run('a', 'ip', () => ((worked = true), right()));
    expect(worked).toBe(true);
  });

  it('counts parallel guesses before any of them is looked at', async () => {
    const attempts = make();
    const results = await Promise.all(
      [1, 2, 3, 4].map((guess) => attempts.run('a', `ip${guess}`, guess === 4 ? right : wrong)),
    );
    expect(results).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('limits an address that tries many names', async () => {
    const attempts = make();
    for (let round = 0; round < 6; round++) await attempts.run(`user${round}`, 'ip', wrong);
    expect(await attempts.run('admin', 'ip', wrong)).toBeUndefined();
    expect(await attempts.run('admin', 'ip', right), 'the second guess of one account').toBeUndefined();
    expect(await attempts.run('user0', 'ip', right), 'an account that failed before').toBeUndefined();
    expect(await attempts.run('ann', 'ip', right), 'an account that did not').toBe(true);
    expect(await attempts.run('user1', 'other', right)).toBe(true);
  });

  it('leaves half of the room to other addresses', async () => {
    const attempts = make();
    const release: (() => void)[] = [];
    const slow = (): Promise<true> => new Promise((resolve) => release.push(() => resolve(true)));
    const running = ['a', 'b'].map((name) => attempts.run(name, 'ip', slow));
    await expect(attempts.run('c', 'ip', right)).rejects.toMatchObject({ code: 'resource-exhausted' });
    expect(await attempts.run('c', 'other', right)).toBe(true);
    await expect.poll(() => release.length).toBe(2);
    for (const end of release) end();
    await Promise.all(running);
    expect(await attempts.run('c', 'ip', right)).toBe(true);
  });

  it('limits how many run at once', async () => {
    const attempts = make();
    const release: (() => void)[] = [];
    const slow = (): Promise<true> => new Promise((resolve) => release.push(() => resolve(true)));
    const running = ['a', 'b', 'c', 'd'].map((name) => attempts.run(name, name, slow));
    await expect(attempts.run('e', 'e', right)).rejects.toMatchObject({ code: 'resource-exhausted' });
    await expect.poll(() => release.length).toBe(4);
    for (const end of release) end();
    await Promise.all(running);
    expect(await attempts.run('e', 'e', right)).toBe(true);
  });
});
