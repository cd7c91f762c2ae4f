import { LRUCache } from 'lru-cache';
import type { Cache } from '@tiphys/ports';

export interface MemoryCacheOptions {
  /** Keys and values together; the least recently used leave first. A value that is larger alone is not kept. */
  readonly maxBytes: number;
  /** Milliseconds on any monotonic clock. */
  readonly now?: () => number;
}

/** A cache in this process. */
export function createMemoryCache(options: MemoryCacheOptions): Cache {
  const entries = new LRUCache<string, string>({
    maxSize: options.maxBytes,
    maxEntrySize: options.maxBytes,
    sizeCalculation: (value, key) => Buffer.byteLength(value) + Buffer.byteLength(key) + ENTRY_BYTES,
    ttlResolution: 0,
    ...(options.now === undefined ? {} : { perf: { now: options.now } }),
  });
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    set(key, value, ttlMs) {
      if (ttlMs > 0) entries.set(key, value, { ttl: Math.max(1, Math.floor(ttlMs)) });
      return Promise.resolve();
    },
    delete(...keys) {
      for (const key of keys) entries.delete(key);
      return Promise.resolve();
    },
  };
}

/** What an entry costs beside its text, about. */
const ENTRY_BYTES = 128;
