import type { Counters } from '@tiphys/ports';
import type { RedisConnection } from './connection.ts';

/** One round trip, one atomic step: two parallel callers never read the same count. */
const INCREMENT = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { count, left }`;

export interface RedisCountersOptions {
  readonly connection: RedisConnection;
  /** First part of each key; default `tiphys|count|`. */
  readonly prefix?: string;
}

/** Counters in Redis. Reject with `unavailable` when Redis cannot be asked, so that a limiter can fail closed. */
export function createRedisCounters({
  connection,
  prefix = 'tiphys|count|',
}: RedisCountersOptions): Counters {
  return {
    async increment(key, ttlMs) {
      const reply = await connection.run((redis) => redis.eval(INCREMENT, 1, prefix + key, Math.ceil(ttlMs)));
      const [count, expiresInMs] = reply as readonly [number, number];
      return { count, expiresInMs };
    },
    async reset(...keys) {
      if (keys.length === 0) return;
      await connection.run((redis) => redis.unlink(...keys.map((key) => prefix + key)));
    },
  };
}
