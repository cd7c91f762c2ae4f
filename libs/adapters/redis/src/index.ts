export { parseRedisAddress, type RedisEndpoint, type RedisTls } from './address.ts';
export { cacheKeyOf, randomCacheKey, readCacheKey, type CacheKey } from './cache-key.ts';
export {
  connectRedis,
  type RedisCommandEvent,
  type RedisConnection,
  type RedisConnectionOptions,
} from './connection.ts';
export { createRedisCounters, type RedisCountersOptions } from './counters.ts';
export { rateLimited, type FailureListener } from './failures.ts';
export { layered, type LayeredOptions } from './layered.ts';
export { createMemoryCache, type MemoryCacheOptions } from './memory-cache.ts';
export { createMemoryCounters } from './memory-counters.ts';
export { createMemoryPubSub } from './memory-pub-sub.ts';
export { createRedisCache, type RedisCacheOptions } from './redis-cache.ts';
export { createRedisPubSub, type RedisPubSubOptions } from './redis-pub-sub.ts';
export { open, seal, type SealOptions, type SealRequest } from './seal.ts';
