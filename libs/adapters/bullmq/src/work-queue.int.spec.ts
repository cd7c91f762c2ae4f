import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workQueueContract } from '@tiphys/testing/contracts';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { createBullWorkQueue } from './index.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

let count = 0;
const newName = (): string => `contract-${(count += 1)}`;
const open = (name: string, failures: string[] = []) =>
  createBullWorkQueue({
    endpoint: redis,
    name,
    lockMs: 1_000,
    onFailure: (message, error) => failures.push(`${message}: ${String(error)}`),
  });

workQueueContract('BullMQ', () =>
  Promise.resolve({ queue: open(newName()), close: () => Promise.resolve() }),
);

describe('a work queue in Redis', () => {
  it('runs a key in one of two processes at a time', async () => {
    const name = newName();
    const [here, there] = [open(name), open(name)];
    let active = 0;
    let most = 0;
    let runs = 0;
    const handler = async (): Promise<void> => {
      active += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
      runs += 1;
    };
    here.process(4, handler);
    there.process(4, handler);
    for (let round = 0; round < 20; round += 1) {
      here.add('shared');
      there.add('shared');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await poll(() => runs > 0 && active === 0 && here.depth === 0 && there.depth === 0, { what: 'the end' });
    expect(most).toBe(1);
    await Promise.all([here.close(), there.close()]);
  });

  it('keeps what was added while Redis is gone and runs it when it is back', async () => {
    const server = await startRedis();
    const failures: string[] = [];
    const queue = createBullWorkQueue({
      endpoint: server,
      name: 'outage',
      lockMs: 1_000,
      onFailure: (message) => failures.push(message),
    });
    const runs: string[] = [];
    queue.process(1, (key) => Promise.resolve(void runs.push(key)));
    queue.add('first');
    await poll(() => runs.length === 1, { what: 'the first run' });
    await server.kill();
    await poll(() => failures.length > 0, { what: 'the loss to be told' });
    queue.add('meanwhile');
    expect(queue.depth).toBe(1);
    await server.restart();
    await poll(() => runs.includes('meanwhile'), { what: 'the key that was added meanwhile' });
    expect(runs).toEqual(['first', 'meanwhile']);
    await queue.close();
    await server.stop();
  });
});
