import type { Cache } from '@tiphys/ports';
import type { RepoMetrics } from './repo-metrics.ts';

/** A cache whose requests are counted. `isUp` tells whether Redis took them. */
export function observedCache(cache: Cache, metrics: RepoMetrics, isUp: () => boolean): Cache {
  const timed = async <T>(command: string, request: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await request();
    metrics.redisRequest({ command, seconds: (performance.now() - start) / 1000, failed: !isUp() });
    return result;
  };
  return {
    get: (key) => timed('get', () => cache.get(key)),
    set: (key, value, ttlMs) => timed('set', () => cache.set(key, value, ttlMs)),
    delete: (...keys) => timed('del', () => cache.delete(...keys)),
  };
}
