import {
  IN_CLUSTER_NAME,
  IN_CLUSTER_SERVER,
  messageOf,
  TiphysError,
  type ApplicationDestination,
} from '@tiphys/model';
import type { ClusterConfig, ClusterConnector, Logger } from '@tiphys/ports';
import type { ResolvedDestination } from '@tiphys/project-policy';
import { ClusterView, type ClusterViewOptions } from '../live/cluster-view.ts';

const RETRY_MS = 10_000;

export interface ClusterRegistryOptions {
  readonly connector: ClusterConnector;
  /** The cluster the control plane runs in; used where no secret describes it. */
  readonly inCluster: ClusterConfig;
  readonly clusters: () => readonly ClusterConfig[];
  readonly viewOptions: () => Pick<ClusterViewOptions, 'tracking' | 'filters'>;
  readonly onChange: (server: string, instance: string, what: 'root' | 'child') => void;
  readonly onKinds: (server: string) => void;
  /** A cluster that did not answer is there now, or the other way round. */
  readonly onConnection: (server: string) => void;
  readonly logger: Logger;
}

interface Entry {
  readonly config: ClusterConfig;
  view: ClusterView | undefined;
  starting: Promise<ClusterView> | undefined;
  failure: { readonly message: string; readonly at: number } | undefined;
}

/** The destination clusters and their live views, connected when first asked for. */
export class ClusterRegistry {
  readonly #options: ClusterRegistryOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: ClusterRegistryOptions) {
    this.#options = options;
  }

  /** Address, name and namespace of a destination; `invalid` where no such cluster is known. */
  resolve(destination: ApplicationDestination): ResolvedDestination & { readonly config: ClusterConfig } {
    const config = this.#find(destination);
    return { server: config.server, name: config.name, namespace: destination.namespace ?? '', config };
  }

  /** The complete live view of a cluster; `unavailable` with the reason while it does not answer. */
  async view(config: ClusterConfig): Promise<ClusterView> {
    const entry = this.#entryOf(config);
    if (entry.view !== undefined) return entry.view;
    const { failure } = entry;
    if (entry.starting === undefined && failure !== undefined && Date.now() - failure.at < RETRY_MS) {
      throw new TiphysError('unavailable', failure.message);
    }
    entry.starting ??= this.#start(entry);
    return entry.starting;
  }

  /** The view where it is complete already. */
  current(server: string): ClusterView | undefined {
    return this.#entries.get(server)?.view;
  }

  /** Drops the views of clusters whose secret changed or went; they are made anew when next asked for. */
  async refresh(): Promise<void> {
    const known = new Map(this.#all().map((config) => [config.server, JSON.stringify(config)]));
    const stale = [...this.#entries.values()].filter(
      ({ config }) => known.get(config.server) !== JSON.stringify(config),
    );
    await Promise.all(stale.map((entry) => this.#drop(entry)));
  }

  /** Drops all views: the settings that they were made by changed. */
  async reset(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => this.#drop(entry)));
  }

  #find(destination: ApplicationDestination): ClusterConfig {
    const { server, name } = destination;
    const hasServer = server !== undefined && server !== '';
    const hasName = name !== undefined && name !== '';
    if (hasServer && hasName) {
      throw new TiphysError(
        'invalid',
        `application destination can't have both name and server defined: ${name} ${server}`,
      );
    }
    if (!hasServer && !hasName) throw new TiphysError('invalid', 'Destination server missing from app spec');
    const found = this.#all().filter((config) =>
      hasServer ? sameServer(config.server, server) : config.name === name,
    );
    if (found[0] === undefined) {
      const what = hasServer
        ? `error getting cluster by server "${server}": rpc error: code = NotFound desc = cluster "${server}" not found`
        : `unable to find destination server: there are no clusters with this name: ${name ?? ''}`;
      throw new TiphysError('invalid', what);
    }
    if (found.length > 1)
      throw new TiphysError(
        'invalid',
        `unable to find destination server: there are ${found.length} clusters with the same name: ${name ?? ''}`,
      );
    return found[0];
  }

  #all(): readonly ClusterConfig[] {
    const clusters = this.#options.clusters();
    const described = clusters.some((config) => sameServer(config.server, IN_CLUSTER_SERVER));
    return described
      ? clusters
      : [...clusters, { ...this.#options.inCluster, server: IN_CLUSTER_SERVER, name: IN_CLUSTER_NAME }];
  }

  #entryOf(config: ClusterConfig): Entry {
    const known = this.#entries.get(config.server);
    if (known !== undefined) return known;
    const entry: Entry = { config, view: undefined, starting: undefined, failure: undefined };
    this.#entries.set(config.server, entry);
    return entry;
  }

  async #start(entry: Entry): Promise<ClusterView> {
    const { connector, logger, onChange, onKinds, onConnection, viewOptions } = this.#options;
    const { server } = entry.config;
    const api = await connector.connect(entry.config);
    const view = new ClusterView({
      ...viewOptions(),
      api,
      logger: logger.with({ cluster: server }),
      onChange: (instance, what) => onChange(server, instance, what),
      onKinds: () => onKinds(server),
    });
    try {
      const before = performance.now();
      await view.start();
      entry.view = view;
      entry.failure = undefined;
      logger.info('cluster is in view', {
        cluster: server,
        objects: view.objectCount,
        ms: Math.round(performance.now() - before),
      });
      onConnection(server);
      return view;
    } catch (error) {
      entry.failure = {
        message: `failed to get cluster info for "${server}": ${messageOf(error)}`,
        at: Date.now(),
      };
      logger.warn('cluster does not answer', { cluster: server, error });
      await view.close();
      throw new TiphysError('unavailable', entry.failure.message, { cause: error });
    } finally {
      entry.starting = undefined;
    }
  }

  async #drop(entry: Entry): Promise<void> {
    this.#entries.delete(entry.config.server);
    await entry.view?.close();
    this.#options.onConnection(entry.config.server);
  }
}

const sameServer = (a: string, b: string): boolean => a.replace(/\/+$/u, '') === b.replace(/\/+$/u, '');
