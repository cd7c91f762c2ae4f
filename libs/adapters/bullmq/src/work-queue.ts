import { Queue, Worker } from 'bullmq';
import type { WorkQueue } from '@tiphys/ports';
import {
  connect,
  within,
  type Connections,
  type QueueEndpoint,
  type QueueFailureListener,
} from './connection.ts';
import { createDelayedKeys } from './delayed-keys.ts';

export interface BullWorkQueueOptions {
  readonly endpoint: QueueEndpoint;
  readonly name: string;
  /** Told when Redis fails or a handler rejects, which it must not. */
  readonly onFailure: QueueFailureListener;
  /** How long a worker that died may hold a key; default 10,000 ms. */
  readonly lockMs?: number;
}

/**
 * A WorkQueue that processes share through Redis: a key that waits runs once, a key that is added while it runs runs
 * exactly once more, never twice at once, whichever process has it. Delays are timers of the process that asked;
 * keys added while Redis is away are kept here and added when it is back.
 */
export function createBullWorkQueue(options: BullWorkQueueOptions): WorkQueue {
  const connections = connect(options.endpoint, options.onFailure);
  const sender = createSender(options, connections);
  const delayed = createDelayedKeys((key) => void sender.send(key));
  let worker: Worker<object> | undefined;
  let closed = false;
  return {
    add(key, delayMs = 0) {
      if (closed) return;
      if (delayMs > 0) return delayed.add(key, delayMs);
      delayed.cancel(key);
      void sender.send(key);
    },
    process(concurrency, handler) {
      worker = startWorker({ ...options, concurrency }, connections, async (key) => {
        void sender.count();
        await handler(key);
        void sender.count();
      });
    },
    get depth() {
      return sender.depth;
    },
    async close() {
      closed = true;
      delayed.cancelAll();
      await worker?.close();
      await sender.close();
      connections.disconnect();
    },
  };
}

interface Sender {
  send(key: string): Promise<void>;
  /** Asks Redis how many wait. */
  count(): Promise<void>;
  readonly depth: number;
  close(): Promise<void>;
}

const COMMAND_MS = 2_000;

function createSender({ name, onFailure }: BullWorkQueueOptions, { producer }: Connections): Sender {
  const queue = new Queue(name, { connection: producer, skipVersionCheck: true });
  queue.on('error', (error) => onFailure('queue failed', error));
  const unsent = new Set<string>();
  let waiting = 0;
  const count = async (): Promise<void> => {
    if (producer.status !== 'ready') return;
    waiting = await within(COMMAND_MS, queue.getWaitingCount()).catch(() => waiting);
  };
  const send = async (key: string): Promise<void> => {
    unsent.add(key);
    if (producer.status !== 'ready') return;
    try {
      await within(COMMAND_MS, queue.add('key', { key }, jobOptions(key)));
      unsent.delete(key);
    } catch (error) {
      onFailure('queue add failed', error);
    }
    await count();
  };
  const sendUnsent = (): void => {
    for (const key of unsent) void send(key);
  };
  producer.on('ready', sendUnsent);
  const retry = setInterval(() => {
    sendUnsent();
    if (waiting > 0) void count();
  }, COMMAND_MS).unref();
  return {
    send,
    count,
    get depth() {
      return waiting + unsent.size;
    },
    async close() {
      clearInterval(retry);
      producer.off('ready', sendUnsent);
      await queue.close();
    },
  };
}

const jobOptions = (key: string) => ({
  deduplication: { id: key, replace: true, keepLastIfActive: true },
  removeOnComplete: true,
  removeOnFail: true,
});

function startWorker(
  { name, onFailure, lockMs = 10_000, concurrency }: BullWorkQueueOptions & { readonly concurrency: number },
  { consumer }: Connections,
  handler: (key: string) => Promise<void>,
): Worker<object> {
  const worker = new Worker<object>(
    name,
    async ({ data }) => {
      const key = keyOf(data);
      if (key === undefined) return;
      await handler(key).catch((error: unknown) => onFailure('queue handler failed', error));
    },
    {
      connection: consumer,
      concurrency,
      skipVersionCheck: true,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: 1_000,
    },
  );
  worker.on('error', (error) => onFailure('queue worker failed', error));
  return worker;
}

/** Whoever can write to Redis can put anything there. */
const keyOf = (data: object): string | undefined =>
  'key' in data && typeof data.key === 'string' ? data.key : undefined;
