import { createHash } from 'node:crypto';
import type { ClusterConfig } from '@tiphys/ports';
import type { LeaseSet } from '@tiphys/runtime/leases';
import { shardOfTheRest, shardsOf, type ShardingMethod } from '@tiphys/sharding';

/** Which part of the clusters this process serves. */
export interface ShardSettings {
  readonly method: ShardingMethod;
  readonly replicas: number;
  /** Number of this process, from 0. */
  readonly shard: number;
}

/** The part of a LeaseSet that is used here. */
export type Leases = Pick<LeaseSet, 'want' | 'holds' | 'keeps' | 'termOf' | 'isRecent'>;

export interface ClusterShardsOptions {
  readonly settings: ShardSettings;
  /** All destination clusters, the own one among them. */
  readonly clusters: () => readonly ClusterConfig[];
  /** Number of Applications by the address of their destination. */
  readonly applications: () => ReadonlyMap<string, number>;
  readonly leases: Leases;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** So long after its own start a replica waits for others that it has never seen, in milliseconds. */
  readonly patienceMs: number;
}

/** Leave to work on the Applications of one cluster; once it has run out it never comes back. */
export interface Permit {
  readonly lease: string;
  readonly isValid: () => boolean;
}

/** What belongs to no known cluster is served under this lease. */
const NOWHERE = 'tiphys-cluster-none';

/** A replica shows life under the lease of its shard. */
const lifeOf = (shard: number): string => `tiphys-controller-shard-${shard}`;

/**
 * Shares the clusters out among the replicas. A cluster is served by the replica that its shard falls to and that holds
 * its lease: when shards move, the one that had it ends its work and gives the lease back before the other begins. While
 * a replica shows no life, the others stand in for it.
 */
export class ClusterShards {
  readonly #options: ClusterShardsOptions;
  readonly #servers = new Map<string, string>();
  readonly #leases = new Map<string, string>();
  #startedAt: number | undefined;

  constructor(options: ClusterShardsOptions) {
    this.#options = options;
  }

  /** From now on leases are asked for. */
  start(): void {
    this.#startedAt = this.#options.now();
    this.refresh();
  }

  /** Shares out anew; to be called when clusters or replicas come, go or are changed. Nothing before the start. */
  refresh(): void {
    if (this.#startedAt === undefined) return;
    const { settings, leases } = this.#options;
    const gone = this.#gone(this.#startedAt);
    const mine = this.#mine(gone).map((server) => this.#leaseOf(server));
    const rest = shardOfTheRest({ ...settings, gone }) === settings.shard ? [NOWHERE] : [];
    const life = settings.replicas === 1 ? [] : [lifeOf(settings.shard)];
    leases.want(new Set([...life, ...rest, ...mine]));
  }

  /** Whether Applications of that cluster may be worked on now; undefined stands for those without a known cluster. */
  serves(server: string | undefined): boolean {
    return this.#options.leases.holds(this.#leaseOf(server));
  }

  /** Whether they are this replica's, also while its lease cannot be renewed. */
  keeps(server: string | undefined): boolean {
    return this.#options.leases.keeps(this.#leaseOf(server));
  }

  /** Leave to work on them, which ends with the lease; undefined where they are not served. */
  permit(server: string | undefined): Permit | undefined {
    const { leases } = this.#options;
    const lease = this.#leaseOf(server);
    if (!leases.holds(lease)) return undefined;
    const term = leases.termOf(lease);
    return { lease, isValid: () => leases.holds(lease) && leases.termOf(lease) === term };
  }

  /** What a lease stands for: a cluster, the Applications without one, or nothing of the kind. */
  placeOf(lease: string): { readonly server: string | undefined } | undefined {
    if (lease === NOWHERE) return { server: undefined };
    const server = this.#servers.get(lease);
    return server === undefined ? undefined : { server };
  }

  #mine(gone: ReadonlySet<number>): readonly string[] {
    const { settings, clusters } = this.#options;
    const counts = this.#counts();
    const placed = shardsOf(
      clusters().map(({ server, id, shard }) => ({
        server,
        id: id ?? '',
        applications: counts.get(server) ?? 0,
        ...(shard === undefined ? {} : { shard }),
      })),
      { ...settings, gone },
    );
    return [...placed].filter(([, shard]) => shard === settings.shard).map(([server]) => server);
  }

  /** Only one way to share out asks for them. */
  #counts(): ReadonlyMap<string, number> {
    const { settings, applications } = this.#options;
    return settings.replicas > 1 && settings.method === 'consistent-hashing' ? applications() : new Map();
  }

  #gone(startedAt: number): ReadonlySet<number> {
    const { settings, leases, now, patienceMs } = this.#options;
    const isPatient = now() - startedAt <= patienceMs;
    const others = Array.from({ length: settings.replicas }, (_, shard) => shard).filter(
      (shard) => shard !== settings.shard,
    );
    return new Set(others.filter((shard) => !(leases.isRecent(lifeOf(shard)) ?? isPatient)));
  }

  /** Addresses are too long and too free for names of objects. */
  #leaseOf(server: string | undefined): string {
    if (server === undefined) return NOWHERE;
    const known = this.#leases.get(server);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(server.replace(/\/+$/u, '')).digest('hex').slice(0, 16);
    const lease = `tiphys-cluster-${digest}`;
    this.#leases.set(server, lease);
    this.#servers.set(lease, server);
    return lease;
  }
}
