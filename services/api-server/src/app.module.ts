import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { loadKubeconfig, makeKubeApi } from '@tiphys/adapter-kube';
import { createRepoServerClient } from '@tiphys/adapter-grpc';
import {
  connectRedis,
  createMemoryCounters,
  createRedisCache,
  createRedisCounters,
  createRedisPubSub,
  parseRedisAddress,
  randomCacheKey,
  readCacheKey,
} from '@tiphys/adapter-redis';
import type { Logger } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { ApiServer } from './api-server.ts';
import type { ApiServerConfig } from './config.ts';

export interface AppModuleOptions {
  readonly config: ApiServerConfig;
  readonly logger: Logger;
  readonly passwordProgram: URL;
}

/** What is open and has to be closed when the server ends. */
class Resources implements OnApplicationShutdown {
  readonly #closers: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#closers.unshift(close);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const close of this.#closers) await close();
  }
}

/** The only place where ports meet adapters. */
@Module({})
export class AppModule {
  static with(options: AppModuleOptions): DynamicModule {
    return {
      module: AppModule,
      providers: [
        Resources,
        {
          provide: ApiServer,
          inject: [Resources],
          useFactory: (resources: Resources) => buildServer(options, resources),
        },
      ],
      exports: [ApiServer],
    };
  }
}

async function buildServer(
  { config, logger, passwordProgram }: AppModuleOptions,
  resources: Resources,
): Promise<ApiServer> {
  const clock = systemClock;
  const login = await loadKubeconfig({
    clock,
    ...(config.kubeconfig === undefined ? {} : { path: config.kubeconfig }),
  });
  const api = await makeKubeApi(login.connection, { clock, userAgent: 'tiphys-api-server' });
  resources.add(() => api.close());
  const repoServer = await createRepoServerClient({
    address: config.repoServer,
    timeoutMs: config.repoServerTimeoutSeconds * 1_000,
    ...(config.internalTlsDir === undefined ? {} : { tlsDirectory: config.internalTlsDir }),
  });
  resources.add(() => repoServer.close());
  const server = new ApiServer({
    config,
    logger,
    passwordProgram,
    clock,
    api,
    repoServer,
    namespace: config.namespace ?? login.namespace,
    localCounters: createMemoryCounters(),
    ...(await redisParts(config, logger, resources)),
  });
  resources.add(() => server.stop());
  return server;
}

async function redisParts(
  config: ApiServerConfig,
  logger: Logger,
  resources: Resources,
): Promise<Pick<ConstructorParameters<typeof ApiServer>[0], 'cache' | 'pubSub' | 'counters'>> {
  const { redisUsername: username, redisPassword: password } = config;
  const connection = connectRedis({
    endpoint: {
      db: config.redisdb,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...parseRedisAddress(config.redis),
    },
    name: 'tiphys-api-server',
    onFailure: (message, error) => logger.warn(message, { error }),
  });
  resources.add(() => connection.close());
  const key = config.cacheKeyFile === undefined ? randomCacheKey() : await readCacheKey(config.cacheKeyFile);
  const pubSub = createRedisPubSub({ connection, key });
  resources.add(() => pubSub.close());
  return {
    cache: createRedisCache({
      connection,
      key,
      onRejected: (rejected) => logger.warn('a cached value did not authenticate', { key: rejected }),
    }),
    pubSub,
    counters: createRedisCounters({ connection }),
  };
}
