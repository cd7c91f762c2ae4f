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

const RETRY_MS = 5_000;

export interface ClusterRegistryOptions {
  readonly connector: ClusterConnector;
  /** The cluster the control plane runs in; used where no secret describes it. */
  readonly inCluster: ClusterConfig;
  readonly clusters: () => readonly ClusterConfig[];
  /** What is wrong with the secrets of further clusters. */
  readonly mistakes: () => readonly string[];
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
  isConnecting: boolean;
  /** Why it does not answer. */
  failure: string | undefined;
  retry: NodeJS.Timeout | undefined;
}

/** The destination clusters and their live views, connected when first asked for. */
export class ClusterRegistry {
  readonly #options: ClusterRegistryOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: ClusterRegistryOptions) {
    this.#options = options;
  }

  /**
   * Address, name and namespace of a destination. Errors: `invalid` where no such cluster is known; `unavailable` where a
   * cluster secret that cannot be read may be the one.
   */
  resolve(destination: ApplicationDestination): ResolvedDestination & { readonly config: ClusterConfig } {
    const config = this.#find(destination);
    return { server: config.server, name: config.name, namespace: destination.namespace ?? '', config };
  }

  /**
   * The complete live view of a cluster. Undefined while it is connected for the first time: `onConnection` tells the
   * end of that. Throws `unavailable` with the reason while it does not answer. Never waits, so that a cluster that hangs
   * holds up nobody but its own Applications.
   */
  view(config: ClusterConfig): ClusterView | undefined {
    const entry = this.#entryOf(config);
    if (entry.view !== undefined) return entry.view;
    if (entry.failure !== undefined) throw new TiphysError('unavailable', entry.failure);
    if (!entry.isConnecting) void this.#connect(entry);
    return undefined;
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
      const mistakes = this.#options.mistakes();
      if (mistakes.length > 0) throw new TiphysError('unavailable', [what, ...mistakes].join('; '));
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
    const entry: Entry = {
      config,
      view: undefined,
      isConnecting: false,
      failure: undefined,
      retry: undefined,
    };
    this.#entries.set(config.server, entry);
    return entry;
  }

  async #connect(entry: Entry): Promise<void> {
    entry.isConnecting = true;
    try {
      const view = await this.#open(entry);
      if (!this.#isKnown(entry)) return await view.close();
      entry.view = view;
      entry.failure = undefined;
      this.#options.onConnection(entry.config.server);
    } catch (error) {
      this.#fail(entry, error);
    } finally {
      entry.isConnecting = false;
    }
  }

  async #open(entry: Entry): Promise<ClusterView> {
    const { connector, logger, onChange, onKinds, viewOptions } = this.#options;
    const { server } = entry.config;
    const before = performance.now();
    const view: ClusterView = new ClusterView({
      ...viewOptions(),
      api: await connector.connect(entry.config),
      logger: logger.with({ cluster: server }),
      onChange: (instance, what) => onChange(server, instance, what),
      onKinds: () => onKinds(server),
      onLost: (error) => void this.#lose(entry, view, error),
    });
    try {
      await view.start();
    } catch (error) {
      await view.close();
      throw error;
    }
    const ms = Math.round(performance.now() - before);
    logger.info('cluster is in view', { cluster: server, objects: view.objectCount, ms });
    return view;
  }

  /** A view of a cluster that is gone tells of times past: it is made anew when the cluster is back. */
  async #lose(entry: Entry, view: ClusterView, error: unknown): Promise<void> {
    if (entry.view !== view) return;
    entry.view = undefined;
    this.#fail(entry, error);
    await view.close();
  }

  /** Applications are told of the first failure, and again when the cluster is there. */
  #fail(entry: Entry, error: unknown): void {
    const { logger, onConnection } = this.#options;
    const { server } = entry.config;
    if (!this.#isKnown(entry)) return;
    const isNews = entry.failure === undefined;
    entry.failure = `failed to get cluster info for "${server}": ${messageOf(error)}`;
    entry.retry = setTimeout(() => void this.#connect(entry), RETRY_MS).unref();
    logger.warn('cluster does not answer', { cluster: server, error });
    if (isNews) onConnection(server);
  }

  /** False once its secret changed or went meanwhile. */
  #isKnown(entry: Entry): boolean {
    return this.#entries.get(entry.config.server) === entry;
  }

  async #drop(entry: Entry): Promise<void> {
    this.#entries.delete(entry.config.server);
    clearTimeout(entry.retry);
    await entry.view?.close();
    this.#options.onConnection(entry.config.server);
  }
}

const sameServer = (a: string, b: string): boolean => a.replace(/\/+$/u, '') === b.replace(/\/+$/u, '');
