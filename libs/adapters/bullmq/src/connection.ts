import { Redis } from 'ioredis';
import { TiphysError, messageOf } from '@tiphys/model';

/** Where the queue's Redis is. A database of its own: the queue must not be evicted, the cache may be. */
export interface QueueEndpoint {
  readonly host: string;
  readonly port: number;
  /** Default 1. */
  readonly db?: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly serverName?: string;
  };
}

/** Told about a failure that was survived. */
export type QueueFailureListener = (message: string, error: unknown) => void;

export interface Connections {
  /** For adding jobs: fails at once while Redis is away. */
  readonly producer: Redis;
  /** For workers: waits for Redis as long as it takes, which BullMQ asks for. */
  readonly consumer: Redis;
  disconnect(): void;
}

/** Two connections that come back by themselves. */
export function connect(endpoint: QueueEndpoint, onFailure: QueueFailureListener): Connections {
  const options = optionsOf(endpoint);
  const producer = new Redis({ ...options, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const consumer = new Redis({ ...options, maxRetriesPerRequest: null });
  for (const client of [producer, consumer]) {
    client.on('error', (error: Error) => onFailure('queue connection failed', error));
  }
  return {
    producer,
    consumer,
    disconnect: () => {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}

function optionsOf({ host, port, db = 1, username, password, tls }: QueueEndpoint) {
  return {
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined
      ? {}
      : { tls: { servername: tls.serverName ?? host, minVersion: 'TLSv1.2' as const, ...tls } }),
    connectionName: 'tiphys-queue',
    connectTimeout: 5_000,
    retryStrategy: (attempt: number): number =>
      Math.min(5_000, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2),
  };
}

/** The work's result, or `unavailable` after `timeoutMs`: some commands wait for a connection without an end. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw new TiphysError('unavailable', `the queue cannot be used: ${messageOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
