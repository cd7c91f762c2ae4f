import type { Cache } from '@tiphys/ports';
import type { CacheKey } from './cache-key.ts';
import type { RedisConnection } from './connection.ts';
import { open, seal } from './seal.ts';

export interface RedisCacheOptions {
  readonly connection: RedisConnection;
  readonly key: CacheKey;
  /** First part of each key; default `tiphys`. */
  readonly namespace?: string;
  /** Raised when the meaning of values changes: other versions' values are not seen. Default 1. */
  readonly schemaVersion?: number;
  /** Values of so many bytes or more are compressed; default 2048. */
  readonly gzipFrom?: number;
  /** Told when a value was there but did not authenticate. */
  readonly onRejected?: (key: string) => void;
  readonly now?: () => number;
}

/**
 * A cache in Redis. Never rejects and never hangs: while Redis is away or slow, reads miss and writes are dropped
 * (the connection reports it). Values are authenticated, bound to their key and to an end of life.
 */
export function createRedisCache(options: RedisCacheOptions): Cache {
  const { connection, key: cacheKey, gzipFrom = 2_048, now = Date.now, onRejected } = options;
  const prefix = `${options.namespace ?? 'tiphys'}|v${options.schemaVersion ?? 1}|`;
  return {
    async get(key) {
      const context = prefix + key;
      const sealed = await connection.attempt((redis) => redis.getBuffer(context), null);
      if (sealed === null) return undefined;
      const value = await open(sealed, { key: cacheKey, context, now: now() });
      if (value === undefined) onRejected?.(key);
      return value;
    },
    async set(key, value, ttlMs) {
      const ttl = Math.floor(ttlMs);
      if (ttl <= 0 || !connection.ready) return;
      const context = prefix + key;
      const sealed = await seal(value, {
        key: cacheKey,
        context,
        expiresAt: now() + ttl + SKEW_MS,
        gzipFrom,
      });
      await connection.attempt((redis) => redis.set(context, sealed, 'PX', ttl), null);
    },
    async delete(...keys) {
      if (keys.length === 0) return;
      await connection.attempt((redis) => redis.unlink(...keys.map((key) => prefix + key)), 0);
    },
  };
}

/** Redis ends values on time; the sealed end is against replay only and forgives clocks that differ. */
const SKEW_MS = 60_000;
