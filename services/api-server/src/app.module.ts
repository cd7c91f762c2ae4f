import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { loadKubeconfig, makeClusterConnector, makeKubeApi } from '@tiphys/adapter-kube';
import type { KubeRequestEvent } from '@tiphys/adapter-kube';
import { createRepoServerClient } from '@tiphys/adapter-grpc';
import { createGoRuntime, createJq, findGoModule } from '@tiphys/adapter-go-wasm';
import { createLuaRunner } from '@tiphys/adapter-lua';
import { createProcessRunner } from '@tiphys/adapter-process';
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
import { createIdentityProviders } from '@tiphys/adapter-oidc';
import type { DexTrust } from '@tiphys/adapter-oidc';
import type { CommandRunner, Logger } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { ApiServer } from './api-server.ts';
import type { ApiServerConfig } from './config.ts';
import type { ServerMetrics } from './metrics/server-metrics.ts';

export interface AppModuleOptions {
  readonly config: ApiServerConfig;
  readonly logger: Logger;
  readonly passwordProgram: URL;
  readonly metrics: ServerMetrics;
  /** The token of the only user, in place of accounts and policies. */
  readonly localToken?: string | undefined;
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
  { config, logger, passwordProgram, metrics, localToken }: AppModuleOptions,
  resources: Resources,
): Promise<ApiServer> {
  const clock = systemClock;
  const login = await loadKubeconfig({
    clock,
    ...(config.kubeconfig === undefined ? {} : { path: config.kubeconfig }),
    ...(config.kubeContext === undefined ? {} : { context: config.kubeContext }),
  });
  const client = {
    userAgent: 'tiphys-api-server',
    onRequest: (event: KubeRequestEvent) => metrics.kubeRequest(event),
  };
  const api = await makeKubeApi(login.connection, { clock, ...client });
  resources.add(() => api.close());
  const repoServer = await createRepoServerClient({
    address: config.repoServer,
    timeoutMs: config.repoServerTimeoutSeconds * 1_000,
    ...(config.internalTlsDir === undefined ? {} : { tlsDirectory: config.internalTlsDir }),
  });
  resources.add(() => repoServer.close());
  const lua = createLuaRunner();
  resources.add(() => lua.close());
  const wasmPath = config.goWasm ?? findGoModule(import.meta.dirname);
  const jq = createJq({ wasmPath });
  resources.add(() => jq.close());
  const go = createGoRuntime({
    wasmPath,
    deadlineMs: 5_000,
    idleMs: 30_000,
  });
  resources.add(() => go.close());
  const server = new ApiServer({
    config,
    logger,
    passwordProgram,
    metrics,
    localToken,
    clock,
    api,
    lua,
    jq,
    go,
    connector: makeClusterConnector({
      clock,
      own: login.connection,
      commandRunner: await commandRunner(resources),
      execAllowlist: config.execProviders,
      api: client,
    }),
    repoServer,
    namespace: config.namespace ?? login.namespace,
    localCounters: createMemoryCounters(),
    identityProviders: createIdentityProviders({ clock }),
    dexTrust: await dexTrustOf(config),
    ...(await redisParts({ config, logger, metrics }, resources)),
  });
  resources.add(() => server.stop());
  return server;
}

/** Strict checks go by what is mounted, besides the authorities of the system. */
async function dexTrustOf({ dexServerStrictTls, dexTlsDir }: ApiServerConfig): Promise<DexTrust> {
  if (!dexServerStrictTls) return { check: false };
  const files = ['ca.crt', 'tls.crt'].map((name) => readFile(join(dexTlsDir, name), 'utf8'));
  const found = (await Promise.allSettled(files)).flatMap((file) =>
    file.status === 'fulfilled' ? [file.value] : [],
  );
  return found.length === 0 ? { check: true } : { check: true, authority: found.join('\n') };
}

/** Runs credential plugins of clusters, in a directory of its own. */
async function commandRunner(resources: Resources): Promise<CommandRunner> {
  const directory = await mkdtemp(join(tmpdir(), 'tiphys-api-server-'));
  resources.add(() => rm(directory, { recursive: true, force: true }));
  const runner = await createProcessRunner({ path: process.env['PATH'] ?? '', directory });
  resources.add(() => runner.close());
  return runner;
}

async function redisParts(
  { config, logger, metrics }: Pick<AppModuleOptions, 'config' | 'logger' | 'metrics'>,
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
    onCommand: (event) => metrics.redisCommand(event),
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
