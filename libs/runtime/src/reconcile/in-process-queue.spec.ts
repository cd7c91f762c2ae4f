import { describe, expect, it, vi } from 'vitest';
import { createBackoff, createInProcessQueue } from './index.ts';

const fail = (_key: string, error: unknown): never => {
  throw error;
};

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('the in-process queue', () => {
  it('makes one run of many adds while a key waits', async () => {
    const queue = createInProcessQueue({ onError: fail });
    const runs: string[] = [];
    for (let i = 0; i < 5; i += 1) queue.add('a');
    queue.process(1, (key) => Promise.resolve(void runs.push(key)));
    await vi.waitFor(() => expect(runs).toEqual(['a']));
    await queue.close();
    expect(runs).toEqual(['a']);
  });

  it('makes exactly one more run of many adds while a key runs, and never two at once', async () => {
    const queue = createInProcessQueue({ onError: fail });
    const first = gate();
    let runs = 0;
    let active = 0;
    let most = 0;
    queue.process(4, async () => {
      runs += 1;
      active += 1;
      most = Math.max(most, active);
      if (runs === 1) await first.opened;
      active -= 1;
    });
    queue.add('a');
    await vi.waitFor(() => expect(runs).toBe(1));
    for (let i = 0; i < 4; i += 1) queue.add('a');
    first.open();
    await vi.waitFor(() => expect(runs).toBe(2));
    await queue.close();
    expect([runs, most]).toEqual([2, 1]);
  });

  it('runs a delayed key at once when it is added without delay, and then not again', async () => {
    const queue = createInProcessQueue({ onError: fail });
    const runs: number[] = [];
    const started = performance.now();
    queue.process(1, () => Promise.resolve(void runs.push(performance.now() - started)));
    queue.add('a', 150);
    queue.add('a');
    await vi.waitFor(() => expect(runs).toHaveLength(1));
    expect(runs[0]).toBeLessThan(100);
    queue.add('b', 200);
    await vi.waitFor(() => expect(runs).toHaveLength(2));
    await queue.close();
    expect(runs).toHaveLength(2);
  });

  it('keeps the earliest of two delays', async () => {
    const queue = createInProcessQueue({ onError: fail });
    const runs: string[] = [];
    queue.process(1, (key) => Promise.resolve(void runs.push(key)));
    queue.add('a', 60_000);
    queue.add('a', 20);
    queue.add('a', 60_000);
    await vi.waitFor(() => expect(runs).toEqual(['a']));
    await queue.close();
  });

  it('goes on after a handler that rejects', async () => {
    const errors: string[] = [];
    const queue = createInProcessQueue({ onError: (key) => errors.push(key) });
    const runs: string[] = [];
    queue.process(1, (key) =>
      key === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(void runs.push(key)),
    );
    queue.add('bad');
    queue.add('good');
    await vi.waitFor(() => expect(runs).toEqual(['good']));
    expect(errors).toEqual(['bad']);
    await queue.close();
  });

  it('waits for running handlers when it closes and takes no more keys', async () => {
    const queue = createInProcessQueue({ onError: fail });
    const running = gate();
    let finished = false;
    queue.process(1, async () => {
      await running.opened;
      finished = true;
    });
    queue.add('a');
    const closing = queue.close();
    queue.add('b');
    running.open();
    await closing;
    expect([finished, queue.depth]).toEqual([true, 0]);
  });
});

describe('createBackoff', () => {
  it('doubles up to the cap and starts anew once forgotten', () => {
    const backoff = createBackoff({ baseMs: 10, maxMs: 35 });
    expect([backoff.next('a'), backoff.next('a'), backoff.next('a'), backoff.next('b')]).toEqual([
      10, 20, 35, 10,
    ]);
    backoff.forget('a');
    expect(backoff.next('a')).toBe(10);
  });
});
