import {
  IN_CLUSTER_NAME,
  IN_CLUSTER_SERVER,
  messageOf,
  TiphysError,
  type ApplicationDestination,
} from '@tiphys/model';
import type { ApiResource, Clock, ClusterConfig, ClusterConnector, Logger } from '@tiphys/ports';
import type { ResolvedDestination } from '@tiphys/project-policy';
import { ClusterView, type ViewSettings } from '../live/cluster-view.ts';
import { viewKeyOf } from './view-key.ts';

const RETRY_MS = 5_000;

export interface ClusterRegistryOptions {
  readonly connector: ClusterConnector;
  readonly clock: Clock;
  /** The cluster the control plane runs in; used where no secret describes it. */
  readonly inCluster: ClusterConfig;
  readonly clusters: () => readonly ClusterConfig[];
  /** What is wrong with the secrets of further clusters. */
  readonly mistakes: () => readonly string[];
  readonly viewOptions: () => ViewSettings;
  /** Whether the control plane's own cluster is a destination. Default: it is. */
  readonly isInClusterEnabled?: () => boolean;
  readonly onChange: (server: string, instance: string, what: 'root' | 'child') => void;
  /** An object that no other object owns came or went in a namespace. */
  readonly onTopLevel?: (server: string, namespace: string) => void;
  /** A watch told of an object. */
  readonly onEvent?: (server: string, kind: ApiResource) => void;
  readonly onKinds: (server: string) => void;
  /** A cluster that did not answer is there now, or the other way round. */
  readonly onConnection: (server: string) => void;
  readonly logger: Logger;
}

interface Entry {
  config: ClusterConfig;
  /** What its view was made by. */
  readonly viewKey: string;
  view: ClusterView | undefined;
  isConnecting: boolean;
  /** Why it does not answer. */
  failure: string | undefined;
  /** When it was listed whole; milliseconds since the epoch. */
  listedAt: number | undefined;
  retry: NodeJS.Timeout | undefined;
}

/** How the connection to a cluster is. */
export interface ClusterState {
  readonly config: ClusterConfig;
  readonly view: ClusterView | undefined;
  /** Why it does not answer; undefined where it does, or where nobody asked yet. */
  readonly failure: string | undefined;
  /** When it was listed whole; milliseconds since the epoch. */
  readonly listedAt: number | undefined;
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
    return {
      server: config.server,
      name: config.name,
      namespace: destination.namespace ?? '',
      clusterProject: config.project,
      config,
    };
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

  /** The address behind a destination; undefined where it names no cluster, or several. */
  serverOf({ server = '', name = '' }: ApplicationDestination): string | undefined {
    const found = this.#all().filter((config) =>
      server === '' ? config.name === name : sameServer(config.server, server),
    );
    return found.length === 1 ? found[0]?.server : undefined;
  }

  /** Every cluster that is a destination, and how the connection to it is. */
  states(): readonly ClusterState[] {
    return this.#all().map((config) => {
      const entry = this.#entries.get(config.server);
      return {
        config,
        view: entry?.view,
        failure: entry?.failure,
        listedAt: entry?.listedAt,
      };
    });
  }

  /**
   * Drops the views of clusters whose secret or settings changed what they see, and of those that went; they are made
   * anew when next asked for. A new name or label alone drops nothing.
   */
  async refresh(): Promise<void> {
    const known = new Map(this.#all().map((config) => [config.server, config]));
    const stale: Entry[] = [];
    for (const entry of this.#entries.values()) {
      const config = known.get(entry.config.server);
      if (config === undefined || this.#viewKeyOf(config) !== entry.viewKey) stale.push(entry);
      else entry.config = config;
    }
    await Promise.all(stale.map((entry) => this.#drop(entry)));
  }

  /** Drops the view of a cluster that is not served here any more. */
  async release(server: string): Promise<void> {
    const entry = this.#entries.get(server);
    if (entry !== undefined) await this.#drop(entry);
  }

  /** Drops all views. */
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
    const isOwn = ({ server }: ClusterConfig): boolean => sameServer(server, IN_CLUSTER_SERVER);
    if (this.#options.isInClusterEnabled?.() === false) return clusters.filter((config) => !isOwn(config));
    return clusters.some(isOwn)
      ? clusters
      : [...clusters, { ...this.#options.inCluster, server: IN_CLUSTER_SERVER, name: IN_CLUSTER_NAME }];
  }

  #viewKeyOf(config: ClusterConfig): string {
    return viewKeyOf(config, this.#options.viewOptions());
  }

  #entryOf(config: ClusterConfig): Entry {
    const known = this.#entries.get(config.server);
    if (known !== undefined) return known;
    const entry: Entry = {
      config,
      viewKey: this.#viewKeyOf(config),
      listedAt: undefined,
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
      entry.listedAt = this.#options.clock.now();
      this.#options.onConnection(entry.config.server);
    } catch (error) {
      this.#fail(entry, error);
    } finally {
      entry.isConnecting = false;
    }
  }

  async #open(entry: Entry): Promise<ClusterView> {
    const { connector, logger, onChange, onKinds, onTopLevel, onEvent, viewOptions } = this.#options;
    const { server } = entry.config;
    const before = performance.now();
    const view: ClusterView = new ClusterView({
      ...viewOptions(),
      api: await connector.connect(entry.config),
      ...(entry.config.namespaces.length === 0 ? {} : { scope: entry.config }),
      logger: logger.with({ cluster: server }),
      onChange: (instance, what) => onChange(server, instance, what),
      onTopLevel: (namespace) => onTopLevel?.(server, namespace),
      onEvent: (kind) => onEvent?.(server, kind),
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
