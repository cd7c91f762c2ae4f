import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';
import { rateLimited } from './failures.ts';
import { cacheKeyOf, parseRedisAddress, readCacheKey, type RedisEndpoint } from './index.ts';

describe('parseRedisAddress', () => {
  it.each<[address: string, endpoint: RedisEndpoint]>([
    ['argocd-redis:6379', { host: 'argocd-redis', port: 6379 }],
    ['redis.example.com', { host: 'redis.example.com', port: 6379 }],
    ['127.0.0.1:7000', { host: '127.0.0.1', port: 7000 }],
    ['[::1]:7000', { host: '::1', port: 7000 }],
    ['redis://h:1/3', { host: 'h', port: 1, db: 3 }],
    ['redis://user:p%40ss@h', { host: 'h', port: 6379, username: 'user', password: 'p@ss' }],
    ['redis://:pass@h/0', { host: 'h', port: 6379, db: 0, password: 'pass' }],
    ['rediss://h', { host: 'h', port: 6379, tls: {} }],
  ])('%s', (address, endpoint) => {
    expect(parseRedisAddress(address)).toEqual(endpoint);
  });

  it.each(['', 'http://h', 'redis://:hunter2@', 'redis://h/x', 'redis://h:notaport'])(
    'refuses %j and shows no password',
    (address) => {
      expect(() => parseRedisAddress(address)).toThrow(/^the Redis address is not usable(?!.*hunter2)/);
    },
  );
});

describe('readCacheKey', () => {
  it('reads a mounted file without the white space at its end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cache-key-'));
    const file = join(folder, 'key');
    await writeFile(file, `${'k'.repeat(40)}\n`);
    expect((await readCacheKey(file)).secret).toEqual(cacheKeyOf('k'.repeat(40)).secret);
    await writeFile(file, 'short\n');
    await expect(readCacheKey(file)).rejects.toMatchObject({ code: 'invalid' });
    await rm(folder, { recursive: true });
    await expect(readCacheKey(file)).rejects.toThrow(/cannot be read; mount it/);
  });
});

describe('createBreaker', () => {
  it('opens after timeouts in a row, lets one probe through each pause and closes on an answer', () => {
    let now = 0;
    const breaker = createBreaker({ threshold: 2, pauseMs: 100, now: () => now });
    breaker.timedOut();
    expect(breaker.open).toBe(false);
    breaker.timedOut();
    expect(breaker.open).toBe(true);
    now = 100;
    expect([breaker.open, breaker.open]).toEqual([false, true]);
    breaker.succeeded();
    expect(breaker.open).toBe(false);
  });
});

describe('rateLimited', () => {
  it('tells the first, then one in a while with how many were left out', () => {
    let now = 0;
    const told: [string, number][] = [];
    const report = rateLimited(
      (message, _error, suppressed) => told.push([message, suppressed]),
      1_000,
      () => now,
    );
    for (const at of [0, 1, 2, 1_000, 1_001, 5_000]) {
      now = at;
      report(`at ${at}`, new Error());
    }
    expect(told).toEqual([
      ['at 0', 0],
      ['at 1000', 2],
      ['at 5000', 1],
    ]);
  });
});
