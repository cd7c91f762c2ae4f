/** Keys that are due later, each with its earliest time. */
export interface DelayedKeys {
  add(key: string, delayMs: number): void;
  /** Forgets the key's delay. */
  cancel(key: string): void;
  cancelAll(): void;
}

/** Node's longest timer; a key that is due later is simply looked at early. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Timers of this process; `onDue` is called once for each key whose time has come. */
export function createDelayedKeys(onDue: (key: string) => void): DelayedKeys {
  const delayed = new Map<string, { readonly dueAt: number; readonly timer: NodeJS.Timeout }>();
  const cancel = (key: string): void => {
    clearTimeout(delayed.get(key)?.timer);
    delayed.delete(key);
  };
  return {
    add(key, delayMs) {
      const dueAt = performance.now() + delayMs;
      const pending = delayed.get(key);
      if (pending !== undefined && pending.dueAt <= dueAt) return;
      cancel(key);
      const timer = setTimeout(
        () => {
          delayed.delete(key);
          onDue(key);
        },
        Math.min(delayMs, LONGEST_TIMER_MS),
      );
      delayed.set(key, { dueAt, timer });
    },
    cancel,
    cancelAll() {
      for (const key of [...delayed.keys()]) cancel(key);
    },
  };
}
