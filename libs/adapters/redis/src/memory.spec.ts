import { describe, expect, it } from 'vitest';
import { cacheContract } from '@tiphys/testing/contracts';
import { createMemoryCache, createMemoryCounters, createMemoryPubSub, layered } from './index.ts';

const memory = () => createMemoryCache({ maxBytes: 16 * 1024 * 1024 });
const nothingToClose = () => Promise.resolve();

cacheContract('memory', () => Promise.resolve({ cache: memory(), close: nothingToClose }));
cacheContract('memory in front of memory', () =>
  Promise.resolve({ cache: layered(memory(), memory()), close: nothingToClose }),
);

describe('createMemoryCache', () => {
  it('stays within its bytes and lets the least recently used go first', async () => {
    const cache = createMemoryCache({ maxBytes: 10_000 });
    await cache.set('first', 'x'.repeat(4_000), 60_000);
    await cache.set('second', 'x'.repeat(4_000), 60_000);
    await cache.get('first');
    await cache.set('third', 'x'.repeat(4_000), 60_000);
    expect(await cache.get('first')).toHaveLength(4_000);
    expect(await cache.get('second')).toBeUndefined();
    expect(await cache.get('third')).toHaveLength(4_000);
  });

  it('does not keep what is larger than all of it', async () => {
    const cache = createMemoryCache({ maxBytes: 1_000 });
    await cache.set('small', 'x', 60_000);
    await cache.set('huge', 'x'.repeat(2_000), 60_000);
    expect(await cache.get('huge')).toBeUndefined();
    expect(await cache.get('small')).toBe('x');
  });

  it('ends values by its clock', async () => {
    let now = 1_000;
    const cache = createMemoryCache({ maxBytes: 1_000, now: () => now });
    await cache.set('key', 'x', 100);
    now += 99;
    expect(await cache.get('key')).toBe('x');
    now += 2;
    expect(await cache.get('key')).toBeUndefined();
  });
});

describe('layered', () => {
  it('asks the far cache once and believes the near one only for its time', async () => {
    let now = 1;
    const near = createMemoryCache({ maxBytes: 1_000, now: () => now });
    const far = memory();
    const cache = layered(near, far, { nearTtlMs: 50 });
    await far.set('key', 'old', 60_000);
    expect(await cache.get('key')).toBe('old');
    await far.set('key', 'new', 60_000);
    expect(await cache.get('key')).toBe('old');
    now += 60;
    expect(await cache.get('key')).toBe('new');
  });

  it('deletes in both', async () => {
    const near = memory();
    const far = memory();
    await layered(near, far).set('key', 'x', 60_000);
    await layered(near, far).delete('key');
    expect([await near.get('key'), await far.get('key')]).toEqual([undefined, undefined]);
  });
});

describe('createMemoryCounters', () => {
  it('counts up within one life that later increments do not prolong', async () => {
    let now = 0;
    const counters = createMemoryCounters(() => now);
    expect(await counters.increment('user', 100)).toEqual({ count: 1, expiresInMs: 100 });
    now = 60;
    expect(await counters.increment('user', 100)).toEqual({ count: 2, expiresInMs: 40 });
    expect(await counters.increment('other', 100)).toEqual({ count: 1, expiresInMs: 100 });
    now = 100;
    expect(await counters.increment('user', 100)).toEqual({ count: 1, expiresInMs: 100 });
    await counters.reset('user');
    expect((await counters.increment('user', 100)).count).toBe(1);
  });
});

describe('createMemoryPubSub', () => {
  it('reaches each subscriber until it leaves', async () => {
    const pubSub = createMemoryPubSub();
    const heard: string[] = [];
    const leave = await pubSub.subscribe('tree', (message) => heard.push(`one ${message}`));
    await pubSub.subscribe('tree', (message) => heard.push(`two ${message}`));
    await pubSub.publish('tree', 'a');
    await pubSub.publish('other', 'b');
    await leave();
    await pubSub.publish('tree', 'c');
    expect(heard).toEqual(['one a', 'two a', 'two c']);
  });
});
