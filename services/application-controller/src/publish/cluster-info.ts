import { stringifyJson } from '@tiphys/yaml';
import type { JsonObject } from '@tiphys/model';
import type { Cache, Clock, Logger } from '@tiphys/ports';
import { isoSeconds } from '@tiphys/sync-plan';
import type { ClusterState } from '../destination/cluster-registry.ts';

const INTERVAL_MS = 10_000;
/** Readers take what is older for unknown. */
const TTL_MS = 600_000;
/** What did not change is written again so often, in case the cache lost it. */
const RENEWAL_MS = 120_000;
const NOT_MONITORED = 'Cluster has no applications and is not being monitored.';

export interface ClusterInfoOptions {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The clusters that this process tells of. */
  readonly states: () => readonly ClusterState[];
  /** Addresses of all clusters; what others tell of theirs is left alone. */
  readonly servers: () => readonly string[];
  /** Number of Applications by the address of their cluster. */
  readonly applications: () => ReadonlyMap<string, number>;
}

interface Written {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Tells the API server how the clusters are: version, kinds, number of objects, connection (wire/cache.md). */
export class ClusterInfoPublisher {
  readonly #options: ClusterInfoOptions;
  readonly #written = new Map<string, Written>();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(options: ClusterInfoOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.publish(), INTERVAL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Writes what changed, and withdraws what is told of clusters that went. */
  async publish(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      const { states, applications } = this.#options;
      const counts = applications();
      const own = states();
      for (const state of own) await this.#write(state, counts.get(state.config.server) ?? 0);
      await this.#withdraw(new Set(own.map(({ config }) => config.server)));
    } catch (error) {
      this.#options.logger.debug('cluster info not published', { error });
    } finally {
      this.#isRunning = false;
    }
  }

  async #write(state: ClusterState, applications: number): Promise<void> {
    const { cache, clock } = this.#options;
    const { server } = state.config;
    const now = clock.now();
    const info = infoOf(state, applications);
    const text = stringifyJson(info);
    const before = this.#written.get(server);
    if (before?.text === text && now - before.at < RENEWAL_MS) return;
    const attemptedAt = isoSeconds(new Date(now));
    await cache.set(keyOf(server), stringifyJson(withAttempt(info, attemptedAt)), TTL_MS);
    this.#written.set(server, { text, at: now });
  }

  async #withdraw(own: ReadonlySet<string>): Promise<void> {
    const known = new Set(this.#options.servers());
    for (const server of this.#written.keys()) {
      if (own.has(server)) continue;
      this.#written.delete(server);
      if (known.has(server)) continue;
      await this.#options.cache.delete(keyOf(server));
    }
  }
}

const keyOf = (server: string): string => `cluster|info|${server}`;

/** `ClusterInfo` of the public API, but for the time of the attempt. */
function infoOf({ view, failure, listedAt }: ClusterState, applications: number): JsonObject {
  if (view === undefined || applications === 0) {
    const isFailed = failure !== undefined && applications > 0;
    return {
      connectionState: {
        status: isFailed ? 'Failed' : 'Unknown',
        message: isFailed ? failure : applications === 0 ? NOT_MONITORED : '',
      },
      cacheInfo: {},
      applicationsCount: applications,
    };
  }
  return {
    connectionState: { status: 'Successful', message: '' },
    serverVersion: view.version.gitVersion,
    cacheInfo: {
      resourcesCount: view.objectCount,
      apisCount: view.watchedKinds,
      ...(listedAt === undefined ? {} : { lastCacheSyncTime: isoSeconds(new Date(listedAt)) }),
    },
    applicationsCount: applications,
    apiVersions: view.kinds.apiVersions,
  };
}

function withAttempt(info: JsonObject, attemptedAt: string): JsonObject {
  const state = info['connectionState'] as JsonObject;
  return { ...info, connectionState: { ...state, attemptedAt } };
}
