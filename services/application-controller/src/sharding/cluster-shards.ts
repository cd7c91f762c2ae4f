import { createHash } from 'node:crypto';
import type { ClusterConfig } from '@tiphys/ports';
import { FIRST_SHARD, shardsOf, type ShardingMethod } from '@tiphys/sharding';

/** Which part of the clusters this process serves. */
export interface ShardSettings {
  readonly method: ShardingMethod;
  readonly replicas: number;
  /** Number of this process, from 0. */
  readonly shard: number;
}

export interface ClusterShardsOptions {
  readonly settings: ShardSettings;
  /** All destination clusters, the own one among them. */
  readonly clusters: () => readonly ClusterConfig[];
  /** Number of Applications by the address of their destination. */
  readonly applications: () => ReadonlyMap<string, number>;
  readonly leases: Leases;
}

/** The part of a LeaseSet that is used here. */
export interface Leases {
  want(names: ReadonlySet<string>): void;
  holds(name: string): boolean;
}

/** What belongs to no known cluster is served under this lease. */
const NOWHERE = 'tiphys-cluster-none';

/**
 * Shares the clusters out among the replicas. A cluster is served by the replica that its shard falls to and that holds
 * its lease: when shards move, the one that had it ends its work and gives the lease back before the other begins.
 */
export class ClusterShards {
  readonly #options: ClusterShardsOptions;
  #servers: ReadonlyMap<string, string> = new Map();

  constructor(options: ClusterShardsOptions) {
    this.#options = options;
  }

  /** Shares out anew; to be called when clusters come, go or are changed. */
  refresh(): void {
    const { settings, leases } = this.#options;
    const wanted = this.#mine().map((server) => [leaseOf(server), server] as const);
    this.#servers = new Map(wanted);
    const nowhere = settings.shard === FIRST_SHARD ? [NOWHERE] : [];
    leases.want(new Set([...this.#servers.keys(), ...nowhere]));
  }

  /** Whether Applications of that cluster may be worked on now; undefined stands for those without a known cluster. */
  serves(server: string | undefined): boolean {
    return this.#options.leases.holds(server === undefined ? NOWHERE : leaseOf(server));
  }

  /** The cluster of a lease that was wanted last; undefined for the lease of what has none. */
  serverOf(lease: string): string | undefined {
    return this.#servers.get(lease);
  }

  #mine(): readonly string[] {
    const { settings, clusters, applications } = this.#options;
    const counts = applications();
    const placed = shardsOf(
      clusters().map(({ server, id, shard }) => ({
        server,
        id: id ?? '',
        applications: counts.get(server) ?? 0,
        ...(shard === undefined ? {} : { shard }),
      })),
      settings,
    );
    return [...placed].filter(([, shard]) => shard === settings.shard).map(([server]) => server);
  }
}

/** Addresses are too long and too free for names of objects. */
const leaseOf = (server: string): string =>
  `tiphys-cluster-${createHash('sha256').update(server.replace(/\/+$/u, '')).digest('hex').slice(0, 16)}`;
