import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { createGitSource, type GitAdapter } from '@tiphys/adapter-git';
import { createGoRuntime } from '@tiphys/adapter-go-wasm';
import type { RepoServerBackend } from '@tiphys/adapter-grpc';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import {
  connectRedis,
  createRedisCache,
  parseRedisAddress,
  randomCacheKey,
  readCacheKey,
} from '@tiphys/adapter-redis';
import type { Cache, Logger } from '@tiphys/ports';
import { createMetrics, type Registry } from '@tiphys/runtime/metrics';
import type { RepoServerConfig } from './config.ts';
import { findGoModule } from './go-module.ts';
import { MetadataService } from './metadata/metadata.service.ts';
import { observedCache } from './metrics/observed-cache.ts';
import { RepoMetrics } from './metrics/repo-metrics.ts';
import { GitPlanner } from './render/git-planner.ts';
import { Limiter } from './render/limiter.ts';
import { RenderCache } from './render/render-cache.ts';
import { RenderService } from './render/render.service.ts';
import { noTools } from './render/tool-planner.ts';
import { RepoServerProcess } from './repo-server.ts';
import { RepositoryTestService } from './repository-test/repository-test.service.ts';
import { RevisionService } from './revision/revision.service.ts';
import { parseSize } from './size.ts';

const CONFIG = Symbol('config');
const LOGGER = Symbol('logger');
const REGISTRY = Symbol('registry');
const RESOURCES = Symbol('resources');
const BACKEND = Symbol('backend');

const RENDERED_IN_MEMORY = 64 * 1024 * 1024;
const FAILURE_TTL_MS = 30_000;

/** What the process holds and must give back. */
interface Resources {
  readonly runner: ProcessRunner;
  readonly git: GitAdapter;
  readonly cache: Cache | undefined;
  readonly workDirectory: string;
  close(): Promise<void>;
}

/** The only place of this service where ports meet adapters. */
@Module({})
export class AppModule {
  static with(config: RepoServerConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: REGISTRY, useFactory: createMetrics },
        {
          provide: RepoMetrics,
          useFactory: (registry: Registry) => new RepoMetrics(registry),
          inject: [REGISTRY],
        },
        { provide: RESOURCES, useFactory: openResources, inject: [CONFIG, LOGGER, RepoMetrics] },
        { provide: BACKEND, useFactory: buildBackend, inject: [CONFIG, RepoMetrics, RESOURCES] },
        {
          provide: RepoServerProcess,
          useFactory: (backend: RepoServerBackend, metrics: RepoMetrics, registry: Registry) =>
            new RepoServerProcess({ config, logger, backend, metrics, registry }),
          inject: [BACKEND, RepoMetrics, REGISTRY],
        },
        ResourceCloser,
      ],
    };
  }
}

@Injectable()
class ResourceCloser implements OnApplicationShutdown {
  readonly #resources: Resources;

  constructor(@Inject(RESOURCES) resources: Resources) {
    this.#resources = resources;
  }

  onApplicationShutdown(): Promise<void> {
    return this.#resources.close();
  }
}

async function openResources(
  config: RepoServerConfig,
  logger: Logger,
  metrics: RepoMetrics,
): Promise<Resources> {
  const own = config.workDir === undefined;
  const workDirectory = config.workDir === undefined ? await privateDirectory() : resolve(config.workDir);
  await mkdir(workDirectory, { recursive: true, mode: 0o700 });
  const runner = await createProcessRunner({
    path: config.path,
    directory: join(workDirectory, 'runs'),
    timeoutMs: config.execTimeout,
  });
  const versions = createGoRuntime({ wasmPath: config.goWasm ?? findGoModule(import.meta.dirname) });
  const git = await createGitSource({
    runner,
    directory: join(workDirectory, 'git'),
    versions,
    refsTimeoutMs: config.gitRequestTimeout,
    fetchTimeoutMs: config.execTimeout,
    onRequest: (event) => metrics.gitRequest(event),
  });
  const redis = await openRedis(config, logger, metrics);
  return {
    runner,
    git,
    cache: redis?.cache,
    workDirectory,
    close: async () => {
      await Promise.all([git.close(), versions.close(), redis?.close()]);
      await runner.close();
      if (own) await rm(workDirectory, { recursive: true, force: true });
    },
  };
}

const privateDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'tiphys-repo-server-'));

async function openRedis(
  config: RepoServerConfig,
  logger: Logger,
  metrics: RepoMetrics,
): Promise<{ readonly cache: Cache; close(): Promise<void> } | undefined> {
  if (config.redis === '') return undefined;
  const endpoint = parseRedisAddress(config.redis);
  const connection = connectRedis({
    endpoint: {
      ...endpoint,
      db: endpoint.db ?? config.redisdb,
      ...(config.redisPassword === undefined ? {} : { password: config.redisPassword }),
    },
    name: 'tiphys-repo-server',
    onFailure: (message, error, suppressed) => logger.warn(message, { error, suppressed }),
  });
  const key = config.cacheKeyFile === undefined ? randomCacheKey() : await readCacheKey(config.cacheKeyFile);
  const cache = createRedisCache({
    connection,
    key,
    namespace: 'tiphys-repo',
    onRejected: (name) => logger.warn('a cached value did not authenticate', { key: name }),
  });
  return {
    cache: observedCache(cache, metrics, () => connection.ready),
    close: () => connection.close(),
  };
}

function buildBackend(
  config: RepoServerConfig,
  metrics: RepoMetrics,
  { git, cache }: Resources,
): RepoServerBackend {
  const revisions = new RevisionService({ git, maxAgeMs: config.revisionCacheExpiration });
  const planner = new GitPlanner({
    git,
    tools: noTools,
    maxCombinedBytes: parseSize(config.maxCombinedDirectoryManifestsSize),
  });
  const renders = new RenderService({
    revisions,
    git: planner,
    cache: new RenderCache({
      shared: cache,
      sharedTtlMs: config.repoCacheExpiration,
      memoryBytes: RENDERED_IN_MEMORY,
      failureTtlMs: FAILURE_TTL_MS,
    }),
    limiter: new Limiter(config.parallelismLimit || 2 * availableParallelism(), (seconds) =>
      metrics.waited(seconds),
    ),
  });
  const metadata = new MetadataService(git);
  const tests = new RepositoryTestService(git);
  return {
    render: (request) => metrics.pending(request.repository.url, () => renders.render(request)),
    resolveRevision: (source, options) => revisions.resolve(source, options),
    revisionMetadata: (source) => metadata.of(source),
    testRepository: (repository) => tests.test(repository),
  };
}
