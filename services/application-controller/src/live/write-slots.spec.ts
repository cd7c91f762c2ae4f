import { describe, expect, it } from 'vitest';
import { SharedRun } from './shared-run.ts';
import { WriteSlots } from './write-slots.ts';

/** Jobs that end when told to, and how many of them ran at once at most. */
function jobs() {
  const open: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const job = async (fails = false): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => open.push(resolve));
    running -= 1;
    if (fails) throw new Error('refused');
  };
  const endAll = async (): Promise<void> => {
    for (let end = open.shift(); end !== undefined; end = open.shift()) {
      end();
      await Promise.resolve();
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    }
  };
  return { job, endAll, most: () => most };
}

describe('slots for writes', () => {
  it.each([
    [1, 1],
    [3, 3],
    [20, 10],
    [0, 10],
  ])('with a limit of %i let %i of ten run at once', async (limit, expected) => {
    const slots = new WriteSlots(limit);
    const { job, endAll, most } = jobs();
    const all = Promise.all(Array.from({ length: 10 }, () => slots.run(() => job())));
    await endAll();
    await all;
    expect(most()).toBe(expected);
  });

  it('are free again after a failure', async () => {
    const slots = new WriteSlots(1);
    await expect(slots.run(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await slots.run(() => Promise.resolve('next'))).toBe('next');
  });
});

describe('a shared run', () => {
  it('serves all that ask while one runs by one more', async () => {
    let runs = 0;
    const { job, endAll } = jobs();
    const shared = new SharedRun(() => {
      runs += 1;
      return job();
    });
    const first = shared.ask();
    await Promise.resolve();
    await Promise.resolve();
    const later = Promise.all([shared.ask(), shared.ask(), shared.ask()]);
    await endAll();
    await first;
    await endAll();
    await later;
    expect(runs).toBe(2);
  });

  it('tells a failure to those of its run only', async () => {
    let runs = 0;
    const shared = new SharedRun(() => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve();
    });
    await expect(shared.ask()).rejects.toThrow('no answer');
    await expect(shared.ask()).resolves.toBeUndefined();
  });
});
