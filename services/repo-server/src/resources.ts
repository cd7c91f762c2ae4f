import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTarUnpacker } from '@tiphys/adapter-archive';
import { createCloudLogins, createGitSource, createKeyring, type GitAdapter } from '@tiphys/adapter-git';
import { createGoRuntime, findGoModule } from '@tiphys/adapter-go-wasm';
import { HelmRepositorySource } from '@tiphys/adapter-helm';
import { createHttpFetcher } from '@tiphys/adapter-http';
import { OciSource } from '@tiphys/adapter-oci';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import {
  connectRedis,
  createRedisCache,
  parseRedisAddress,
  randomCacheKey,
  readCacheKey,
} from '@tiphys/adapter-redis';
import type { Cache, HttpFetcher, Keyring, Logger, Unpacker } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import type { RepoServerConfig } from './config.ts';
import { observedCache } from './metrics/observed-cache.ts';
import type { RepoMetrics } from './metrics/repo-metrics.ts';
import { ExportStore } from './render/export-store.ts';
import { openSops, type Sops } from './sops.ts';

const MAX_EXPORTS = 256;
/** The first renders after a start find the cache when Redis answers this soon. */
const REDIS_WAIT_MS = 1_000;
const MAX_EXPORTED_BYTES = 2 * 1024 ** 3;

/** What the process holds and must give back. */
export interface Resources {
  readonly runner: ProcessRunner;
  readonly git: GitAdapter;
  readonly keyring: Keyring;
  readonly http: HttpFetcher;
  readonly helm: HelmRepositorySource;
  readonly oci: OciSource;
  readonly exports: ExportStore;
  readonly unpacker: Unpacker;
  /** Directory for what one render needs and then removes. */
  readonly scratchDirectory: string;
  /** Undefined where encrypted files are not looked for. */
  readonly sops: Sops | undefined;
  /** Undefined without Redis. */
  readonly cache: Cache | undefined;
  close(): Promise<void>;
}

interface Surroundings {
  readonly config: RepoServerConfig;
  readonly logger: Logger;
  readonly metrics: RepoMetrics;
}

/** Opens files, processes and connections. */
export async function openResources(around: Surroundings): Promise<Resources> {
  const { config, metrics } = around;
  const work = await openWorkDirectory(config.workDir);
  const runner = await createProcessRunner({
    path: config.path,
    directory: join(work.path, 'runs'),
    timeoutMs: config.execTimeout,
  });
  const versions = createGoRuntime({ wasmPath: config.goWasm ?? findGoModule(import.meta.dirname) });
  const http = createHttpFetcher();
  const git = await createGitSource({
    runner,
    logins: createCloudLogins({ http, clock: systemClock, environment: process.env }),
    directory: join(work.path, 'git'),
    versions,
    refsTimeoutMs: config.gitRequestTimeout,
    fetchTimeoutMs: config.execTimeout,
    onRequest: (event) => metrics.gitRequest(event),
  });
  const exports = await ExportStore.open({
    directory: join(work.path, 'exports'),
    maxEntries: MAX_EXPORTS,
    maxBytes: MAX_EXPORTED_BYTES,
  });
  const redis = await openRedis(around);
  const sops = await openSops(config);
  const unpacker = createTarUnpacker();
  return {
    runner,
    git,
    keyring: createKeyring({
      runner,
      source: config.gpgDataPath,
      directory: config.gnupgHome ?? join(work.path, 'gnupg'),
      onMistake: (key, mistake) => around.logger.warn('a key is left out of the keyring', { key, mistake }),
    }),
    http,
    helm: new HelmRepositorySource({ http, unpacker, versions, clock: systemClock }),
    oci: new OciSource({ http, unpacker, versions, clock: systemClock }),
    exports,
    unpacker,
    scratchDirectory: join(work.path, 'scratch'),
    sops,
    cache: redis?.cache,
    close: async () => {
      await Promise.all([git.close(), versions.close(), http.close(), redis?.close()]);
      await sops?.close();
      await runner.close();
      await work.remove();
    },
  };
}

async function openWorkDirectory(
  given: string | undefined,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (given === undefined) {
    const path = await mkdtemp(join(tmpdir(), 'tiphys-repo-server-'));
    return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  }
  const path = resolve(given);
  await mkdir(path, { recursive: true, mode: 0o700 });
  for (const name of ['scratch', 'runs']) await rm(join(path, name), { recursive: true, force: true });
  return { path, remove: () => Promise.resolve() };
}

async function openRedis({
  config,
  logger,
  metrics,
}: Surroundings): Promise<{ readonly cache: Cache; close(): Promise<void> } | undefined> {
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
  if (!(await connection.whenReady(REDIS_WAIT_MS)))
    logger.warn('Redis is away: rendering without it meanwhile');
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
