import { describe, expect, it } from 'vitest';
import { Limiter } from './limiter.ts';

describe('Limiter', () => {
  it('runs no more than it may, in order, whatever fails', async () => {
    const waits: number[] = [];
    const limiter = new Limiter(2, (seconds) => waits.push(seconds));
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const task = (index: number) => async (): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      order.push(index);
      await Promise.resolve();
      running -= 1;
      if (index % 3 === 0) throw new Error(`task ${index}`);
      return index;
    };
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => limiter.run(task(index))),
    );
    expect(most).toBe(2);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(13);
    expect(waits.length).toBe(20);
    expect(await limiter.run(() => Promise.resolve('free again'))).toBe('free again');
  });
});
