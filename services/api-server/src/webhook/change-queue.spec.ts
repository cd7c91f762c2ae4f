import { describe, expect, it } from 'vitest';
import { ChangeQueue } from './change-queue.ts';

/** A queue whose handlers end when they are told to. */
function stage(workers: number, capacity = 100) {
  const running: { readonly value: string; readonly end: () => void }[] = [];
  const queue = new ChangeQueue<string>({
    capacity,
    workers,
    keyOf: (value) => value.slice(0, 1),
    merge: (left, right) => `${left}+${right}`,
    handle: (value) => new Promise<void>((resolve) => void running.push({ value, end: resolve })),
  });
  const end = async (index: number): Promise<void> => {
    running[index]?.end();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, end, started: () => running.map(({ value }) => value) };
}

describe('ChangeQueue', () => {
  it('makes one of what waits for the same', async () => {
    const { queue, end, started } = stage(1);
    for (const value of ['a1', 'b1', 'b2', 'a2', 'b3']) queue.put([value]);
    expect([started(), queue.waiting, queue.running]).toEqual([['a1'], 2, 1]);
    await end(0);
    await end(1);
    expect(started()).toEqual(['a1', 'b1+b2+b3', 'a2']);
  });

  it('never handles the same twice at once, and others meanwhile', async () => {
    const { queue, end, started } = stage(3);
    queue.put(['a1']);
    queue.put(['a2']);
    queue.put(['b1']);
    expect(started()).toEqual(['a1', 'b1']);
    await end(0);
    expect(started()).toEqual(['a1', 'b1', 'a2']);
  });

  it('takes all or nothing where there is no more room', () => {
    const { queue } = stage(1, 2);
    expect(queue.put(['a1'])).toBe(true);
    expect(queue.put(['b1'])).toBe(true);
    expect(queue.put(['c1', 'd1'])).toBe(false);
    expect(queue.put(['c1'])).toBe(true);
    expect([queue.put(['d1']), queue.put(['b2', 'c2'])]).toEqual([false, true]);
  });

  it('ends with what runs', async () => {
    const { queue, end, started } = stage(1);
    queue.put(['a1']);
    queue.put(['b1']);
    const closed = queue.close();
    await end(0);
    await closed;
    expect([started(), queue.put(['c'])]).toEqual([['a1'], false]);
  });
});
