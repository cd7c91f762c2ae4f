import type { WorkQueue } from '@tiphys/ports';

export interface InProcessQueueOptions {
  /** Told when the handler rejects, which it must not do; the key is not retried. */
  readonly onError: (key: string, error: unknown) => void;
}

interface Delayed {
  readonly dueAt: number;
  readonly timer: NodeJS.Timeout;
}

/** The WorkQueue of one process: nothing survives a restart, and nothing needs to, since keys are found again in the cluster. */
export function createInProcessQueue({ onError }: InProcessQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const running = new Set<string>();
  const again = new Set<string>();
  const delayed = new Map<string, Delayed>();
  let handler: ((key: string) => Promise<void>) | undefined;
  let slots = 0;
  let closed = false;
  let drained: (() => void) | undefined;

  const run = async (key: string, handle: (key: string) => Promise<void>): Promise<void> => {
    try {
      await handle(key);
    } catch (error) {
      onError(key, error);
    }
    running.delete(key);
    if (again.delete(key) && !closed) waiting.add(key);
    if (closed && running.size === 0) drained?.();
    pump();
  };

  const pump = (): void => {
    if (handler === undefined || closed) return;
    for (const key of waiting) {
      if (running.size >= slots) return;
      waiting.delete(key);
      running.add(key);
      void run(key, handler);
    }
  };

  const enqueue = (key: string): void => {
    const pending = delayed.get(key);
    if (pending !== undefined) {
      clearTimeout(pending.timer);
      delayed.delete(key);
    }
    if (running.has(key)) again.add(key);
    else waiting.add(key);
    pump();
  };

  const enqueueLater = (key: string, delayMs: number): void => {
    if (waiting.has(key) || again.has(key)) return;
    const dueAt = performance.now() + delayMs;
    const pending = delayed.get(key);
    if (pending !== undefined) {
      if (pending.dueAt <= dueAt) return;
      clearTimeout(pending.timer);
    }
    // Node caps a timer at 2^31-1 ms; a key that far out is simply looked at early.
    const timer = setTimeout(() => enqueue(key), Math.min(delayMs, 2_147_483_647));
    delayed.set(key, { dueAt, timer });
  };

  return {
    add(key, delayMs = 0) {
      if (closed) return;
      if (delayMs <= 0) enqueue(key);
      else enqueueLater(key, delayMs);
    },
    process(concurrency, handle) {
      slots = concurrency;
      handler = handle;
      pump();
    },
    get depth() {
      return waiting.size;
    },
    async close() {
      closed = true;
      for (const { timer } of delayed.values()) clearTimeout(timer);
      delayed.clear();
      waiting.clear();
      if (running.size > 0) await new Promise<void>((resolve) => (drained = resolve));
    },
  };
}
