import type { Counters } from '@tiphys/ports';

/** Counters of one process, for tests and a single replica; entries leave when they end. */
export function createMemoryCounters(now: () => number = () => performance.now()): Counters {
  const entries = new Map<string, { count: number; endsAt: number }>();
  const dropEnded = (): void => {
    for (const [key, entry] of entries) if (entry.endsAt <= now()) entries.delete(key);
  };
  return {
    increment(key, ttlMs) {
      dropEnded();
      const entry = entries.get(key) ?? { count: 0, endsAt: now() + ttlMs };
      entry.count += 1;
      entries.set(key, entry);
      return Promise.resolve({ count: entry.count, expiresInMs: entry.endsAt - now() });
    },
    reset(...keys) {
      for (const key of keys) entries.delete(key);
      return Promise.resolve();
    },
  };
}
