import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Clock } from '@tiphys/ports';
import { basicAuthorization, cachedAuthorization, tokenFileAuthorization } from './auth.ts';

class Hands implements Clock {
  time = 1_000;
  now(): number {
    return this.time;
  }
  sleep(): Promise<void> {
    return Promise.reject(new Error('nobody sleeps here'));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tiphys-auth-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('writes basic authorization', () => {
  expect(basicAuthorization('Aladdin', 'open sesame').header()).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
});

describe('a token that ends', () => {
  const counting = (clock: Clock, lifeMs: number) => {
    let count = 0;
    return cachedAuthorization(clock, async () => {
      count += 1;
      const token = `t${count}`;
      await Promise.resolve();
      return { token, expiresAt: clock.now() + lifeMs };
    });
  };

  it('is fetched once for all who ask, kept, and fetched anew at its end', async () => {
    const clock = new Hands();
    const authorizer = counting(clock, 100);
    expect(await Promise.all([authorizer.header(), authorizer.header()])).toEqual(['Bearer t1', 'Bearer t1']);
    clock.time += 99;
    expect(authorizer.header()).toBe('Bearer t1');
    clock.time += 1;
    expect(await authorizer.header()).toBe('Bearer t2');
  });

  it('is fetched anew once it was refused, once for all who were', async () => {
    const authorizer = counting(new Hands(), Number.POSITIVE_INFINITY);
    expect(await authorizer.header()).toBe('Bearer t1');
    expect(authorizer.rejected('Bearer t1')).toBe(true);
    expect(await authorizer.header()).toBe('Bearer t2');
    expect(authorizer.rejected('Bearer t1')).toBe(true);
    expect(await authorizer.header()).toBe('Bearer t2');
  });

  it('is asked for again after a failure', async () => {
    let fails = true;
    const authorizer = cachedAuthorization(new Hands(), () =>
      fails ? Promise.reject(new Error('no')) : Promise.resolve({ token: 't', expiresAt: 2_000 }),
    );
    await expect(authorizer.header()).rejects.toThrow('no');
    fails = false;
    expect(await authorizer.header()).toBe('Bearer t');
  });
});

describe('a token file', () => {
  it('is read again after 10 s, and at once after a 401', async () => {
    const clock = new Hands();
    const path = join(folder, 'token');
    const authorizer = tokenFileAuthorization(path, clock);
    writeFileSync(path, 'one\n');
    expect(await authorizer.header()).toBe('Bearer one');
    writeFileSync(path, 'two\n');
    expect(await authorizer.header()).toBe('Bearer one');
    clock.time += 10_000;
    expect(await authorizer.header()).toBe('Bearer two');
    writeFileSync(path, 'three\n');
    authorizer.rejected('Bearer two');
    expect(await authorizer.header()).toBe('Bearer three');
  });

  it.each([
    ['missing', undefined],
    ['empty', ' \n'],
  ])('that is %s is named', async (name, text) => {
    const path = join(folder, name);
    if (text !== undefined) writeFileSync(path, text);
    const attempt = Promise.resolve().then(() => tokenFileAuthorization(path, new Hands()).header());
    await expect(attempt).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(attempt).rejects.toThrow(path);
  });
});
