import { IN_CLUSTER_SERVER, TiphysError, labelOf, labels, messageOf, secretTypes } from '@tiphys/model';
import type { GroupVersionKind, KubeObject } from '@tiphys/model';
import type { ApiResource, Clock, ClusterConfig, ClusterConnector, KubeApi } from '@tiphys/ports';
import type { ObjectStore } from '@tiphys/runtime/watch';

/** Kinds are asked for anew after so long, or when one is missing. */
const KINDS_FRESH_MS = 60_000;

export interface DestinationClustersParts {
  readonly connector: ClusterConnector;
  /** The cluster of the control plane, where no secret describes it. */
  readonly inCluster: ClusterConfig;
  readonly parseCluster: (secret: KubeObject) => ClusterConfig;
  readonly secrets: ObjectStore;
  readonly clock: Clock;
}

/** A destination as requests reach it. */
export interface DestinationCluster {
  readonly api: KubeApi;
  /** The resource of a kind; `not-found` where the cluster does not serve it. */
  resource(kind: GroupVersionKind): Promise<ApiResource>;
}

interface Open {
  readonly login: string;
  readonly api: KubeApi;
  kinds: { readonly at: number; readonly resources: readonly ApiResource[] } | undefined;
}

/** Connections to destinations, made when first asked for and anew when the secret changed. */
export class DestinationClusters {
  readonly #parts: DestinationClustersParts;
  readonly #open = new Map<string, Promise<Open>>();

  constructor(parts: DestinationClustersParts) {
    this.#parts = parts;
  }

  /** Errors: `invalid` where the secret of the cluster cannot be read, or no login comes of it. */
  async at(server: string): Promise<DestinationCluster> {
    const open = await this.#opened(this.#configOf(server));
    return { api: open.api, resource: (kind) => this.#resource(open, kind) };
  }

  /** What may be told of a cluster. Errors as of `at`. */
  describe(server: string): Pick<ClusterConfig, 'server' | 'name' | 'labels' | 'annotations'> {
    const { name, labels: ofCluster, annotations } = this.#configOf(server);
    return { server, name, labels: ofCluster, annotations };
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map(closeQuietly));
  }

  #configOf(server: string): ClusterConfig {
    for (const secret of this.#parts.secrets.values()) {
      if (labelOf(secret, labels.secretType) !== secretTypes.cluster) continue;
      const config = this.#tryParse(secret, server);
      if (config?.server === server) return config;
    }
    if (server === IN_CLUSTER_SERVER) return { ...this.#parts.inCluster, server };
    throw new TiphysError('not-found', `cluster "${server}" not found`);
  }

  /** A secret of another cluster that cannot be read is nobody's concern here. */
  #tryParse(secret: KubeObject, server: string): ClusterConfig | undefined {
    try {
      return this.#parts.parseCluster(secret);
    } catch (error) {
      if (messageOf(error).includes(server)) throw error;
      return undefined;
    }
  }

  async #opened(config: ClusterConfig): Promise<Open> {
    const login = JSON.stringify(config);
    const known = this.#open.get(config.server);
    if (known !== undefined) {
      const open = await known;
      if (open.login === login) return open;
      if (this.#open.get(config.server) === known) this.#open.delete(config.server);
      void closeQuietly(known);
    }
    const opening = this.#parts.connector
      .connect(config)
      .then((api): Open => ({ login, api, kinds: undefined }));
    this.#open.set(config.server, opening);
    opening.catch(() => this.#open.delete(config.server));
    return await opening;
  }

  async #resource(open: Open, kind: GroupVersionKind): Promise<ApiResource> {
    const known = this.#find(open, kind);
    if (known !== undefined) return known;
    const { resources } = await open.api.discover();
    open.kinds = { at: this.#parts.clock.now(), resources };
    const found = this.#find(open, kind);
    if (found !== undefined) return found;
    const version = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    throw new TiphysError('not-found', `the cluster does not serve kind ${kind.kind} of ${version}`);
  }

  #find({ kinds }: Open, { group, version, kind }: GroupVersionKind): ApiResource | undefined {
    if (kinds === undefined || this.#parts.clock.now() - kinds.at > KINDS_FRESH_MS) return undefined;
    return kinds.resources.find(
      (resource) => resource.group === group && resource.version === version && resource.kind === kind,
    );
  }
}

const closeQuietly = (opening: Promise<Open>): Promise<void> =>
  opening.then(({ api }) => api.close()).catch(() => undefined);
