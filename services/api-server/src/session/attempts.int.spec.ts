import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer } from '../testing/server.ts';

const FLAGS = ['--max-login-failures=3', '--max-logins=1000'];
let redis: RedisServer;
let one: TestServer;
let two: TestServer;
let password: string;

beforeAll(async () => {
  redis = await startRedis();
  one = await TestServer.start({ redis, flags: FLAGS });
  two = await TestServer.start({ redis, flags: FLAGS, namespace: one.namespace });
  password = await one.password();
});

afterAll(async () => {
  await two?.stop();
  await one?.stop();
  await redis?.stop();
});

const login = async (server: TestServer, given: string): Promise<number> =>
  (await server.send('POST', '/api/v1/session', { body: { username: 'admin', password: given } })).status;

describe('guesses of a password', () => {
  it('are counted by all replicas together, and are not forgotten when one starts again', async () => {
    expect(await login(one, password)).toBe(200);
    const guesses = Array.from({ length: 8 }, (_, index) =>
      login(index % 2 === 0 ? one : two, `guess-${index}`),
    );
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([401]));
    expect([await login(one, password), await login(two, password)]).toEqual([401, 401]);
    const three = await TestServer.start({ redis, flags: FLAGS, namespace: one.namespace });
    try {
      expect(await login(three, password)).toBe(401);
    } finally {
      await three.stop();
    }
  });

  it('are counted by each replica alone while Redis is away, so that they are limited in any case', async () => {
    await redis.flushAll();
    expect(await login(one, password)).toBe(200);
    await redis.kill();
    try {
      for (let guess = 0; guess < 4; guess++) expect(await login(one, `guess-${guess}`)).toBe(401);
      expect(await login(one, password)).toBe(401);
    } finally {
      await redis.restart();
    }
  });
});

describe('a server below a path', () => {
  it('serves there only, and its cookies belong there', async () => {
    const below = await TestServer.start({ redis, flags: ['--rootpath', '/argo/'] });
    try {
      const body = { username: 'admin', password: await below.password() };
      const { status, headers } = await below.send('POST', '/argo/api/v1/session', { body });
      expect([status, headers.get('set-cookie')]).toEqual([
        200,
        expect.stringContaining('; path=/argo; SameSite=lax; httpOnly'),
      ]);
      const paths = ['/api/version', '/argoapi/version', '/argo/api/version', '/healthz'];
      const found = await Promise.all(paths.map(async (path) => (await below.send('GET', path)).status));
      expect(found).toEqual([404, 404, 200, 200]);
    } finally {
      await below.stop();
    }
  });
});
