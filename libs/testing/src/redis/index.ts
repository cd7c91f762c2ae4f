export { startRedis, type RedisOptions, type RedisServer } from './redis.ts';
