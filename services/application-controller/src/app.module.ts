import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { createJq, findGoModule } from '@tiphys/adapter-go-wasm';
import { createRepoServerClient } from '@tiphys/adapter-grpc';
import { inClusterConfig, loadKubeconfig, makeClusterConnector, makeKubeApi } from '@tiphys/adapter-kube';
import { createLuaRunner } from '@tiphys/adapter-lua';
import { createProcessRunner } from '@tiphys/adapter-process';
import {
  connectRedis,
  createRedisCache,
  createRedisPubSub,
  parseRedisAddress,
  randomCacheKey,
  readCacheKey,
} from '@tiphys/adapter-redis';
import type { Logger } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { createMetrics } from '@tiphys/runtime/metrics';
import { ApplicationController } from './application-controller.ts';
import type { ControllerConfig } from './config.ts';

/** The only place where the controller's ports meet their adapters. */
@Module({})
export class AppModule {
  static with(config: ControllerConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      providers: [{ provide: ApplicationController, useFactory: () => build(config, logger) }],
      exports: [ApplicationController],
    };
  }
}

async function build(config: ControllerConfig, logger: Logger): Promise<ApplicationController> {
  const clock = systemClock;
  const login = await loadKubeconfig({ clock });
  const namespace = config.namespace ?? login.namespace;
  const workDir = await mkdtemp(join(tmpdir(), 'tiphys-controller-'));
  const commandRunner = await createProcessRunner({ path: process.env['PATH'] ?? '', directory: workDir });
  const connection = connectRedis({
    endpoint: {
      ...parseRedisAddress(config.redis),
      db: config.redisdb,
      ...(config.redisPassword === undefined ? {} : { password: config.redisPassword }),
    },
    name: 'application-controller',
    onFailure: (reason, error) => logger.warn('Redis cannot be used; going on without', { reason, error }),
  });
  const key = config.cacheKeyFile === undefined ? randomCacheKey() : await readCacheKey(config.cacheKeyFile);
  const pubSub = createRedisPubSub({ connection, key });
  const repoServer = await createRepoServerClient({
    address: config.repoServer,
    timeoutMs: config.repoServerTimeoutSeconds * 1_000,
    ...(config.internalTlsDir === undefined ? {} : { tlsDirectory: config.internalTlsDir }),
  });
  const userAgent = agentOf(config);
  const api = await makeKubeApi(login.connection, { clock, userAgent });
  const leaseApi = await makeKubeApi(login.connection, {
    clock,
    userAgent,
    connections: 2,
    deadlineMs: config.leaseDuration / 3,
  });
  const lua = createLuaRunner();
  const jqTimeoutMs = config.ignoreNormalizerJqExecutionTimeoutSeconds;
  const jq = createJq({
    wasmPath: config.goWasm ?? findGoModule(import.meta.dirname),
    ...(jqTimeoutMs === 0 ? {} : { timeoutMs: jqTimeoutMs }),
  });
  return new ApplicationController({
    config,
    namespace,
    api,
    leaseApi,
    inCluster: inClusterConfig(),
    connector: makeClusterConnector({
      clock,
      own: login.connection,
      commandRunner,
      execAllowlist: config.execProviders,
      api: { userAgent },
    }),
    repoServer,
    cache: createRedisCache({ connection, key }),
    jq,
    lua,
    pubSub,
    clock,
    logger,
    metrics: createMetrics(),
    release: async () => {
      await jq.close();
      await lua.close();
      await pubSub.close();
      await connection.close();
      repoServer.close();
      await commandRunner.close();
      await rm(workDir, { recursive: true, force: true });
    },
  });
}

/** Audit logs of clusters tell by it which replica made a request. */
const agentOf = ({ podName }: ControllerConfig): string =>
  `tiphys-application-controller${podName === undefined ? '' : ` (${podName})`}`;
