import { afterEach, describe, expect, it } from 'vitest';
import type { WorkQueue } from '@tiphys/ports';
import { poll } from '../processes/index.ts';

export interface WorkQueueUnderTest {
  readonly queue: WorkQueue;
  /** Ends what is around the queue; the suite closes the queue itself. */
  close(): Promise<void>;
}

type Begin = () => Promise<WorkQueue>;

/** What every WorkQueue must do. `start` makes an empty one that reports rejections of handlers nowhere. */
export function workQueueContract(name: string, start: () => Promise<WorkQueueUnderTest>): void {
  describe(`WorkQueue contract: ${name}`, () => {
    const started: WorkQueueUnderTest[] = [];
    const begin: Begin = async () => {
      const subject = await start();
      started.push(subject);
      return subject.queue;
    };
    afterEach(async () => {
      for (const subject of started.splice(0)) {
        await subject.queue.close();
        await subject.close();
      }
    });
    collapsing(begin);
    parallelism(begin);
    delays(begin);
    endings(begin);
  });
}

/** Many adds, few runs. */
function collapsing(begin: Begin): void {
  it('runs each key that was added before and after the workers start', async () => {
    const queue = await begin();
    const runs: string[] = [];
    queue.add('before');
    queue.process(2, (key) => Promise.resolve(void runs.push(key)));
    queue.add('after');
    await poll(() => runs.length === 2, { what: 'both keys to run' });
    expect(runs.sort()).toEqual(['after', 'before']);
  });

  it('makes one run of many adds while a key waits', async () => {
    const queue = await begin();
    const runs: string[] = [];
    for (let count = 0; count < 5; count += 1) queue.add('many');
    await poll(() => queue.depth === 1, { what: 'the key to wait' });
    queue.process(1, (key) => Promise.resolve(void runs.push(key)));
    await quiet(queue, runs, 'end');
    expect(runs).toEqual(['many', 'end']);
  });

  it('makes exactly one more run of many adds while a key runs', async () => {
    const queue = await begin();
    const gate = createGate();
    const runs: string[] = [];
    queue.process(4, async (key) => {
      runs.push(key);
      if (runs.length === 1) await gate.opened;
    });
    queue.add('busy');
    await poll(() => runs.length === 1, { what: 'the first run' });
    for (let count = 0; count < 4; count += 1) queue.add('busy');
    await quiet(queue, runs, 'other');
    expect(runs).toEqual(['busy', 'other']);
    gate.open();
    await poll(() => runs.length === 3, { what: 'the second run' });
    await quiet(queue, runs, 'end');
    expect(runs).toEqual(['busy', 'other', 'busy', 'end']);
  });
}

/** What runs side by side. */
function parallelism(begin: Begin): void {
  it('never runs a key twice at once, however often it is added', async () => {
    const queue = await begin();
    const active = new Map<string, number>();
    let most = 0;
    let last = 0;
    queue.process(8, async (key) => {
      active.set(key, (active.get(key) ?? 0) + 1);
      most = Math.max(most, active.get(key) ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
      active.set(key, (active.get(key) ?? 0) - 1);
      last += 1;
    });
    for (let round = 0; round < 20; round += 1) {
      for (const key of ['a', 'b', 'c']) queue.add(key);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await poll(() => last >= 3 && queue.depth === 0, { what: 'the queue to run empty' });
    expect(most).toBe(1);
  });

  it('runs different keys side by side, up to the concurrency', async () => {
    const queue = await begin();
    const gate = createGate();
    const runs: string[] = [];
    queue.process(2, async (key) => {
      runs.push(key);
      await gate.opened;
    });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await poll(() => runs.length === 2 && queue.depth === 1, { what: 'two of three to run' });
    gate.open();
    await poll(() => runs.length === 3, { what: 'the third' });
  });
}

/** What runs later. */
function delays(begin: Begin): void {
  it('runs a delayed key when it is due, and not before', async () => {
    const queue = await begin();
    const runs: number[] = [];
    queue.process(1, () => Promise.resolve(void runs.push(performance.now())));
    const added = performance.now();
    queue.add('later', 200);
    expect(queue.depth).toBe(0);
    await poll(() => runs.length === 1, { what: 'the delayed run' });
    expect((runs[0] ?? 0) - added).toBeGreaterThanOrEqual(195);
  });

  it('takes the earliest of several times, and only that', async () => {
    const queue = await begin();
    const runs: string[] = [];
    queue.process(1, (key) => Promise.resolve(void runs.push(key)));
    queue.add('key', 60_000);
    queue.add('key', 30);
    queue.add('key', 60_000);
    await poll(() => runs.length === 1, { what: 'the earliest' });
    queue.add('now', 60_000);
    queue.add('now');
    await poll(() => runs.includes('now'), { what: 'the immediate one' });
    expect(runs).toEqual(['key', 'now']);
  });
}

/** Failures and the end. */
function endings(begin: Begin): void {
  it('goes on after a handler that rejects', async () => {
    const queue = await begin();
    const runs: string[] = [];
    queue.process(1, (key) => {
      runs.push(key);
      return key === 'bad' ? Promise.reject(new Error('a handler never rejects')) : Promise.resolve();
    });
    queue.add('bad');
    queue.add('good');
    await poll(() => runs.length === 2, { what: 'both to run' });
    queue.add('bad');
    await poll(() => runs.length === 3, { what: 'the bad one to run again' });
  });

  it('waits for what runs when it closes, and takes no more', async () => {
    const queue = await begin();
    const gate = createGate();
    const runs: string[] = [];
    let finished = false;
    queue.process(1, async (key) => {
      runs.push(key);
      await gate.opened;
      finished = true;
    });
    queue.add('last');
    await poll(() => runs.length === 1, { what: 'the last run' });
    const closing = queue.close();
    queue.add('too late');
    gate.open();
    await closing;
    expect(finished).toBe(true);
    expect(runs).toEqual(['last']);
  });
}

/** Adds one more key and waits until it has run: whatever waited before it has run then. */
async function quiet(queue: WorkQueue, runs: readonly string[], key: string): Promise<void> {
  queue.add(key);
  await poll(() => runs.includes(key), { what: `${key} to run` });
}

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
