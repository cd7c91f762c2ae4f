import type { PubSub } from '@tiphys/ports';
import type { CacheKey } from './cache-key.ts';
import type { RedisConnection } from './connection.ts';
import { open, seal } from './seal.ts';

export interface RedisPubSubOptions {
  /** Publishes on this connection; subscriptions get one of their own when the first is made. */
  readonly connection: RedisConnection;
  readonly key: CacheKey;
  /** First part of each channel; default `tiphys`. */
  readonly namespace?: string;
  /** Told when a message did not authenticate. */
  readonly onRejected?: (channel: string) => void;
  readonly now?: () => number;
}

type Listener = (message: string) => void;

/**
 * Messages over Redis, authenticated like cache values. A subscription outlives a lost connection: it is made again
 * when Redis is back; what was published in between is gone.
 */
export function createRedisPubSub(options: RedisPubSubOptions): PubSub & { close(): Promise<void> } {
  const { connection, key, now = Date.now } = options;
  const prefix = `${options.namespace ?? 'tiphys'}|pubsub|`;
  const listeners = new Map<string, Set<Listener>>();
  let subscriber: RedisConnection | undefined;

  const deliver = async (context: string, sealed: Buffer): Promise<void> => {
    const message = await open(sealed, { key, context, now: now() });
    if (message === undefined) return options.onRejected?.(context.slice(prefix.length));
    for (const listener of listeners.get(context) ?? []) listener(message);
  };
  const subscriberConnection = (): RedisConnection => {
    if (subscriber !== undefined) return subscriber;
    const created = connection.duplicate();
    created.client.on('ready', () => {
      if (listeners.size > 0) void created.attempt((redis) => redis.subscribe(...listeners.keys()), null);
    });
    created.client.on(
      'messageBuffer',
      (channel: Buffer, sealed: Buffer) => void deliver(channel.toString(), sealed),
    );
    subscriber = created;
    return created;
  };

  return {
    async publish(channel, message) {
      const context = prefix + channel;
      const sealed = await seal(message, {
        key,
        context,
        expiresAt: now() + MESSAGE_LIFE_MS,
        gzipFrom: 2_048,
      });
      await connection.attempt((redis) => redis.publish(context, sealed), 0);
    },
    async subscribe(channel, listener) {
      const context = prefix + channel;
      const all = listeners.get(context) ?? new Set();
      listeners.set(context, all.add(listener));
      const redis = subscriberConnection();
      if (redis.ready || (await redis.whenReady(1_000)))
        await redis.attempt((client) => client.subscribe(context), null);
      return async () => {
        all.delete(listener);
        if (all.size > 0 || listeners.get(context) !== all) return;
        listeners.delete(context);
        if (redis.ready) await redis.attempt((client) => client.unsubscribe(context), null);
      };
    },
    async close() {
      listeners.clear();
      await subscriber?.close();
    },
  };
}

/** Older messages are replays. */
const MESSAGE_LIFE_MS = 60_000;
