import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryCache, createMemoryPubSub } from '@tiphys/adapter-redis';
import type { Cache, Logger } from '@tiphys/ports';
import { Publisher } from './publisher.ts';

const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  with: () => silent,
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A cache that can be emptied, and taken away. */
function losable() {
  let inner = createMemoryCache({ maxBytes: 10_000 });
  let isAway = false;
  const cache: Cache = {
    get: (key) => (isAway ? Promise.resolve(undefined) : inner.get(key)),
    set: (key, value, ttlMs) => (isAway ? Promise.resolve() : inner.set(key, value, ttlMs)),
    delete: (...keys) => inner.delete(...keys),
  };
  const flush = (): void => void (inner = createMemoryCache({ maxBytes: 10_000 }));
  return { cache, flush, away: (is: boolean): void => void (isAway = is) };
}

describe('what was published', () => {
  it('is asked for anew once the cache lost it, and only then', async () => {
    const { cache, flush, away } = losable();
    const publisher = new Publisher({ cache, pubSub: createMemoryPubSub(), logger: silent });
    let losses = 0;
    await publisher.watch(() => (losses += 1));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(losses).toBe(0);
    flush();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(losses).toBe(1);
    away(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(losses).toBe(1);
    away(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(losses).toBe(2);
    publisher.close();
    flush();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(losses).toBe(2);
  });
});
