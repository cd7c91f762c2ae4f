import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { TiphysError } from '@tiphys/model';
import type { DeliveryQueue } from '@tiphys/ports';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { createDeliveryQueue, type DeliveryQueueOptions } from './index.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const codec = {
  seal: (text: string, id: string) => Promise.resolve(`${id}|${Buffer.from(text).toString('base64')}`),
  open: (sealed: string, id: string) =>
    Promise.resolve(
      sealed.startsWith(`${id}|`) ? Buffer.from(sealed.slice(id.length + 1), 'base64').toString() : undefined,
    ),
};
let count = 0;
const newName = (): string => `deliveries-${(count += 1)}`;

async function open(name: string, options: Partial<DeliveryQueueOptions> = {}): Promise<DeliveryQueue> {
  const queue = createDeliveryQueue({
    endpoint: redis,
    name,
    codec,
    lockMs: 500,
    backoffMs: 10,
    maxBackoffMs: 50,
    onFailure: () => undefined,
    ...options,
  });
  await poll(() => queue.ready, { what: 'the queue to be ready' });
  return queue;
}

describe('the delivery queue', () => {
  it('hands a delivery over once, however often it is added', async () => {
    const queue = await open(newName());
    const handled: string[] = [];
    const added = await Promise.all(
      Array.from({ length: 10 }, () => queue.add({ id: 'same', payload: 'text' })),
    );
    expect(added).toContain(true);
    expect(await queue.add({ id: 'same', payload: 'text' })).toBe(false);
    queue.process(4, ({ id, payload }) => Promise.resolve(void handled.push(`${id} ${payload}`)));
    await queue.add({ id: 'end', payload: 'x' });
    await poll(() => handled.includes('end x'), { what: 'the last delivery' });
    expect(handled).toEqual(['same text', 'end x']);
    await queue.close();
  });

  it('tries again with growing waits and remembers that it was sent', async () => {
    const queue = await open(newName());
    const seen: [attempt: number, sent: boolean][] = [];
    queue.process(1, async (delivery) => {
      seen.push([delivery.attempt, delivery.sent]);
      if (seen.length === 2) await delivery.markSent();
      if (seen.length < 4) throw new TiphysError('unavailable', 'not now');
    });
    await queue.add({ id: 'flaky', payload: 'x' });
    await poll(() => seen.length === 4, { what: 'four attempts' });
    expect(seen).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [4, true],
    ]);
    await poll(() => queue.add({ id: 'flaky', payload: 'again' }), { what: 'the id to be free again' });
    await queue.close();
  });

  it('gives up what cannot succeed until it is told that something changed', async () => {
    const givenUp: string[] = [];
    const queue = await open(newName(), {
      onGivenUp: (id, error) => givenUp.push(`${id}: ${error.message}`),
    });
    let attempts = 0;
    let works = false;
    queue.process(1, () => {
      attempts += 1;
      return works ? Promise.resolve() : Promise.reject(new TiphysError('invalid', 'no such channel'));
    });
    await queue.add({ id: 'wrong', payload: 'x' });
    await poll(() => givenUp.length === 1, { what: 'the end of the attempts' });
    expect([attempts, ...givenUp]).toEqual([1, 'wrong: no such channel']);
    expect(await queue.add({ id: 'wrong', payload: 'x' })).toBe(false);
    works = true;
    await queue.retryFailed();
    await poll(() => attempts === 2, { what: 'the new attempt' });
    await poll(() => queue.add({ id: 'wrong', payload: 'x' }), { what: 'the id to be free again' });
    await queue.close();
  });

  it('gives up after the last attempt and starts anew when it is added again much later', async () => {
    const givenUp: string[] = [];
    const queue = await open(newName(), {
      attempts: 2,
      reviveAfterMs: 0,
      onGivenUp: (id) => givenUp.push(id),
    });
    const payloads: string[] = [];
    queue.process(1, ({ payload }) => {
      payloads.push(payload);
      return payloads.length > 2 ? Promise.resolve() : Promise.reject(new Error('down'));
    });
    await queue.add({ id: 'late', payload: 'old' });
    await poll(() => givenUp.length === 1, { what: 'the end of the attempts' });
    expect(await queue.add({ id: 'late', payload: 'new' })).toBe(true);
    await poll(() => payloads.length === 3, { what: 'the new attempt' });
    expect(payloads).toEqual(['old', 'old', 'new']);
    await queue.close();
  });

  it('forgets what is removed', async () => {
    const queue = await open(newName());
    await queue.add({ id: 'gone', payload: 'x' });
    await queue.remove('gone');
    await queue.remove('was never there');
    const handled: string[] = [];
    queue.process(1, ({ id }) => Promise.resolve(void handled.push(id)));
    await queue.add({ id: 'end', payload: 'x' });
    await poll(() => handled.includes('end'), { what: 'the last delivery' });
    expect(handled).toEqual(['end']);
    await queue.close();
  });

  it('drops what someone else put there or changed', async () => {
    const name = newName();
    const failures: string[] = [];
    const queue = await open(name, { onFailure: (message) => failures.push(message) });
    await queue.add({ id: 'changed', payload: 'honest' });
    const client = new Redis({ host: redis.host, port: redis.port, db: 1 });
    await client.hset(`bull:${name}:changed`, 'data', JSON.stringify({ sealed: 'other|e30=' }));
    const handled: string[] = [];
    queue.process(1, ({ payload }) => Promise.resolve(void handled.push(payload)));
    await poll(() => failures.includes('queued delivery is not authentic'), { what: 'the report' });
    await poll(() => queue.add({ id: 'changed', payload: 'honest again' }), {
      what: 'the id to be free again',
    });
    await poll(() => handled.length === 1, { what: 'the honest delivery' });
    expect(handled).toEqual(['honest again']);
    client.disconnect();
    await queue.close();
  });

  it('is taken over from a worker that died, by a queue that starts later', async () => {
    const name = newName();
    const dead = await open(name);
    const taken: string[] = [];
    let release = (): void => undefined;
    dead.process(1, () => {
      taken.push('dead');
      return new Promise<void>((resolve) => (release = resolve));
    });
    await dead.add({ id: 'orphan', payload: 'x' });
    await poll(() => taken.length === 1, { what: 'the first worker' });
    const client = new Redis({ host: redis.host, port: redis.port, db: 1 });
    const next = await open(name);
    next.process(1, ({ payload }) => Promise.resolve(void taken.push(`next ${payload}`)));
    await poll(
      async () => {
        await client.del(`bull:${name}:orphan:lock`);
        return taken.length === 2;
      },
      { what: 'the takeover' },
    );
    expect(taken).toEqual(['dead', 'next x']);
    release();
    client.disconnect();
    await Promise.all([dead.close(), next.close()]);
  });

  it('says that it is not ready while Redis is gone, refuses at once, and goes on afterwards', async () => {
    const server = await startRedis();
    const queue = await open(newName(), { endpoint: server });
    const handled: string[] = [];
    queue.process(1, ({ id }) => Promise.resolve(void handled.push(id)));
    await server.kill();
    await poll(() => !queue.ready, { what: 'the loss to be seen' });
    const start = performance.now();
    await expect(queue.add({ id: 'a', payload: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - start).toBeLessThan(3_000);
    await server.restart();
    await poll(() => queue.ready, { what: 'the queue to be back' });
    await queue.add({ id: 'a', payload: 'x' });
    await poll(() => handled.includes('a'), { what: 'the delivery' });
    await queue.close();
    await server.stop();
  });
});
