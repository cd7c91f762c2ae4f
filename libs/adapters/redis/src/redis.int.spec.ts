import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheContract } from '@tiphys/testing/contracts';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import {
  cacheKeyOf,
  connectRedis,
  createMemoryCache,
  createRedisCache,
  createRedisCounters,
  createRedisPubSub,
  layered,
  parseRedisAddress,
  type RedisConnection,
  type RedisConnectionOptions,
} from './index.ts';

const key = cacheKeyOf('k'.repeat(32));
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ password: 'correct horse' });
});
afterAll(() => redis.stop());

const connections: RedisConnection[] = [];
afterAll(() => Promise.all(connections.map((connection) => connection.close())));

async function connect(options: Partial<RedisConnectionOptions> = {}): Promise<RedisConnection> {
  const connection = connectRedis({ endpoint: parseRedisAddress(redis.url), ...options });
  connections.push(connection);
  expect(await connection.whenReady(10_000)).toBe(true);
  return connection;
}

cacheContract('Redis', async () => {
  const connection = await connect();
  return { cache: createRedisCache({ connection, key }), close: () => connection.close() };
});

cacheContract('memory in front of Redis', async () => {
  const connection = await connect();
  const far = createRedisCache({ connection, key, namespace: 'layered', gzipFrom: 0 });
  return {
    cache: layered(createMemoryCache({ maxBytes: 8_000_000 }), far),
    close: () => connection.close(),
  };
});

describe('a value in Redis', () => {
  it('reads as absent and is reported when someone else wrote or moved it', async () => {
    const connection = await connect();
    const rejected: string[] = [];
    const cache = createRedisCache({
      connection,
      key,
      namespace: 'tamper',
      onRejected: (name) => rejected.push(name),
    });
    await cache.set('a', 'for a', 60_000);
    await cache.set('b', 'for b', 60_000);
    await connection.client.set('tamper|v1|a', 'kind: ClusterRoleBinding');
    await connection.client.rename('tamper|v1|b', 'tamper|v1|c');
    expect(await Promise.all(['a', 'b', 'c'].map((name) => cache.get(name)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(rejected.sort()).toEqual(['a', 'c']);
  });

  it('is not seen under another key or schema version', async () => {
    const connection = await connect();
    await createRedisCache({ connection, key, schemaVersion: 1 }).set('versioned', 'x', 60_000);
    const other = cacheKeyOf('o'.repeat(32));
    expect(await createRedisCache({ connection, key, schemaVersion: 2 }).get('versioned')).toBeUndefined();
    expect(await createRedisCache({ connection, key: other }).get('versioned')).toBeUndefined();
    expect(await createRedisCache({ connection, key }).get('versioned')).toBe('x');
  });

  it('lives no longer than it was told to', async () => {
    const connection = await connect();
    await createRedisCache({ connection, key, namespace: 'ttl' }).set('key', 'x', 60_000);
    const left = await connection.client.pttl('ttl|v1|key');
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });
});

describe('a Redis that refuses', () => {
  it('costs misses when the password is wrong, and shows none', async () => {
    const reports: string[] = [];
    const connection = connectRedis({
      endpoint: { host: redis.host, port: redis.port, password: 'hunter2' },
      onFailure: (message, error) => reports.push(`${message} ${String(error)}`),
    });
    connections.push(connection);
    const cache = createRedisCache({ connection, key });
    await poll(() => reports.length > 0, { what: 'the failure to be told' });
    await cache.set('key', 'x', 60_000);
    expect(await cache.get('key')).toBeUndefined();
    expect(reports.join()).not.toContain('hunter2');
  });
});

describe('a Redis that fails', () => {
  it('costs one short wait when it is paused, then misses at once, and serves again when it goes on', async () => {
    const server = await startRedis();
    const reports: string[] = [];
    const connection = connectRedis({
      endpoint: parseRedisAddress(server.url),
      timeoutMs: 200,
      onFailure: (message) => reports.push(message),
    });
    const cache = createRedisCache({ connection, key });
    const counters = createRedisCounters({ connection });
    await connection.whenReady(10_000);
    await cache.set('key', 'x', 60_000);
    server.pause();
    const start = performance.now();
    const values = await Promise.all(Array.from({ length: 50 }, () => cache.get('key')));
    expect(values.every((value) => value === undefined)).toBe(true);
    for (let call = 0; call < 100; call += 1) await cache.get('key');
    await expect(counters.increment('user', 1_000)).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(reports).toEqual(['Redis command failed']);
    server.resume();
    await poll(async () => (await cache.get('key')) === 'x', { what: 'the value to be read again' });
    await connection.close();
    await server.stop();
  });

  it('costs misses while it is gone and serves again when it is back', async () => {
    const server = await startRedis();
    const connection = connectRedis({ endpoint: parseRedisAddress(server.url) });
    const cache = createRedisCache({ connection, key });
    await connection.whenReady(10_000);
    await server.kill();
    await poll(() => !connection.ready, { what: 'the loss to be seen' });
    await cache.set('key', 'lost', 60_000);
    expect(await cache.get('key')).toBeUndefined();
    expect(await connection.whenReady(1)).toBe(false);
    await server.restart();
    expect(await connection.whenReady(15_000)).toBe(true);
    await cache.set('key', 'kept', 60_000);
    expect(await cache.get('key')).toBe('kept');
    await connection.close();
    await server.stop();
  });
});

describe('counters', () => {
  it('give each of many parallel callers a number of its own, and end', async () => {
    const counters = createRedisCounters({ connection: await connect() });
    const results = await Promise.all(
      Array.from({ length: 100 }, () => counters.increment('login|admin', 60_000)),
    );
    expect(results.map(({ count }) => count).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    expect(results.every(({ expiresInMs }) => expiresInMs > 0 && expiresInMs <= 60_000)).toBe(true);
    await counters.reset('login|admin');
    expect((await counters.increment('login|admin', 20)).count).toBe(1);
    await poll(async () => (await counters.increment('login|admin', 20)).count === 1, {
      what: 'the count to end',
    });
  });
});

describe('pub/sub', () => {
  it('reaches subscribers of a channel until they leave, and nobody believes a forged message', async () => {
    const connection = await connect();
    const rejected: string[] = [];
    const there = createRedisPubSub({ connection, key, onRejected: (channel) => rejected.push(channel) });
    const here = createRedisPubSub({ connection: await connect(), key });
    const heard: string[] = [];
    const leave = await there.subscribe('tree|app', (message) => heard.push(message));
    await there.subscribe('tree|other', (message) => heard.push(`other ${message}`));
    await here.publish('tree|app', 'changed');
    await connection.client.publish('tiphys|pubsub|tree|app', 'forged');
    await poll(() => heard.length === 1 && rejected.length === 1, { what: 'both messages to arrive' });
    await leave();
    await here.publish('tree|app', 'nobody hears');
    await here.publish('tree|other', 'last');
    await poll(() => heard.includes('other last'), { what: 'the last message' });
    expect(heard).toEqual(['changed', 'other last']);
    expect(rejected).toEqual(['tree|app']);
    await there.close();
    await here.close();
  });

  it('subscribes again when Redis comes back', async () => {
    const server = await startRedis();
    const connection = connectRedis({ endpoint: parseRedisAddress(server.url) });
    await connection.whenReady(10_000);
    const pubSub = createRedisPubSub({ connection, key });
    const heard: string[] = [];
    await pubSub.subscribe('channel', (message) => heard.push(message));
    await server.kill();
    await pubSub.publish('channel', 'into the void');
    await server.restart();
    await poll(
      async () => {
        await pubSub.publish('channel', 'back');
        return heard.includes('back');
      },
      { what: 'a message after the restart' },
    );
    expect(heard).not.toContain('into the void');
    await pubSub.close();
    await connection.close();
    await server.stop();
  });
});
