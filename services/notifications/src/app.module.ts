import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { createDeliveryQueue, type DeliveryCodec } from '@tiphys/adapter-bullmq';
import { createGoRuntime, findGoModule } from '@tiphys/adapter-go-wasm';
import { loadKubeconfig, makeKubeApi } from '@tiphys/adapter-kube';
import { createAddressPolicy, createNotifier } from '@tiphys/adapter-notify';
import {
  open,
  parseRedisAddress,
  randomCacheKey,
  rateLimited,
  readCacheKey,
  seal,
  type CacheKey,
} from '@tiphys/adapter-redis';
import type { DeliveryQueue, Logger } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { createMetrics } from '@tiphys/runtime/metrics';
import type { NotificationsConfig } from './config.ts';
import { Notifications } from './notifications.ts';

/** The only place of this service where ports meet adapters. */
@Module({})
export class AppModule {
  static with(config: NotificationsConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      providers: [{ provide: Notifications, useFactory: () => build(config, logger) }],
      exports: [Notifications],
    };
  }
}

async function build(config: NotificationsConfig, logger: Logger): Promise<Notifications> {
  const clock = systemClock;
  const login = await loadKubeconfig({ clock });
  const key = config.cacheKeyFile === undefined ? randomCacheKey() : await readCacheKey(config.cacheKeyFile);
  const policy = createAddressPolicy({ allowLinkLocal: config.allowLinkLocal });
  const { tlsDataPath } = config;
  return new Notifications({
    config,
    namespace: config.namespace ?? login.namespace,
    api: await makeKubeApi(login.connection, { clock }),
    go: createGoRuntime({
      wasmPath: config.goWasm ?? findGoModule(import.meta.dirname),
      deadlineMs: 5_000,
      idleMs: 30_000,
    }),
    queue: openQueue(config, key, logger),
    createNotifier: (request) =>
      createNotifier({
        ...request,
        policy,
        ...(tlsDataPath === undefined ? {} : { caOf: (host) => certificateOf(tlsDataPath, host) }),
      }),
    clock,
    logger,
    registry: createMetrics(),
  });
}

function openQueue(config: NotificationsConfig, key: CacheKey, logger: Logger): DeliveryQueue {
  const { redisUsername: username, redisPassword: password } = config;
  return createDeliveryQueue({
    endpoint: {
      ...parseRedisAddress(config.redis),
      db: config.redisQueueDb,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    },
    codec: codecOf(key),
    lockMs: config.deliveryLock,
    onFailure: rateLimited(
      (message, error, suppressed) => logger.warn(message, { error, suppressed }),
      30_000,
    ),
    onGivenUp: (delivery, error) => logger.error('message given up', { delivery, error }),
  });
}

/** Longer than any message stays in the queue. */
const MESSAGE_LIFE_MS = 30 * 24 * 3_600_000;

function codecOf(key: CacheKey): DeliveryCodec {
  const contextOf = (id: string): string => `tiphys|delivery|${id}`;
  return {
    async seal(text, id) {
      const expiresAt = Date.now() + MESSAGE_LIFE_MS;
      return (await seal(text, { key, context: contextOf(id), expiresAt, gzipFrom: 1_024 })).toString(
        'base64',
      );
    },
    open: (sealed, id) =>
      open(Buffer.from(sealed, 'base64'), { key, context: contextOf(id), now: Date.now() }),
  };
}

/** The certificate that `argocd-tls-certs-cm` holds for a host. */
async function certificateOf(directory: string, host: string): Promise<string | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(host)) return undefined;
  try {
    return await readFile(join(directory, host), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
