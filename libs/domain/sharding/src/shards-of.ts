import type { ShardedCluster } from './cluster.ts';
import { placeOnRing } from './consistent-hashing.ts';
import { fnv32, spread32 } from './fnv.ts';

/** Names of `controller.sharding.algorithm`. */
export const SHARDING_METHODS = ['legacy', 'round-robin', 'consistent-hashing'] as const;
export type ShardingMethod = (typeof SHARDING_METHODS)[number];

export interface ShardingOptions {
  readonly method: ShardingMethod;
  /** Number of shards, at least 1. */
  readonly replicas: number;
  /** Shards whose replica is gone: the others stand in for it. Default: none. */
  readonly gone?: ReadonlySet<number>;
}

/** The shard of what belongs to no cluster, and of the control plane's own cluster without a secret. */
export const FIRST_SHARD = 0;

/**
 * The shard of each cluster by its address. The order of the clusters does not matter. A shard that a secret asks for
 * wins where it exists; else the method decides, as if no cluster had asked. Clusters of a shard that is gone are spread
 * over those that are left, without moving any other.
 */
export function shardsOf(
  clusters: readonly ShardedCluster[],
  { method, replicas, gone = none }: ShardingOptions,
): ReadonlyMap<string, number> {
  const sorted = [...clusters].sort((a, b) => compareText(a.id, b.id) || compareText(a.server, b.server));
  const placed = new Map(place(sorted, method, replicas));
  for (const { server, id, shard } of sorted) {
    if (id === '') placed.set(server, FIRST_SHARD);
    if (shard !== undefined && shard >= 0 && shard < replicas) placed.set(server, shard);
  }
  const left = shardsLeft(replicas, gone);
  return new Map([...placed].map(([server, shard]) => [server, standIn(server, shard, left)]));
}

/** The shard that serves what belongs to no cluster. */
export function shardOfTheRest({ replicas, gone = none }: Omit<ShardingOptions, 'method'>): number {
  return shardsLeft(replicas, gone)[0] ?? FIRST_SHARD;
}

const shardsLeft = (replicas: number, gone: ReadonlySet<number>): readonly number[] =>
  Array.from({ length: replicas }, (_, shard) => shard).filter((shard) => !gone.has(shard));

const none: ReadonlySet<number> = new Set();

const standIn = (server: string, shard: number, left: readonly number[]): number =>
  left.length === 0 || left.includes(shard) ? shard : (left[spread32(server) % left.length] ?? shard);

function place(
  sorted: readonly ShardedCluster[],
  method: ShardingMethod,
  replicas: number,
): ReadonlyMap<string, number> {
  switch (method) {
    case 'legacy':
      return new Map(sorted.map(({ server, id }) => [server, fnv32(id) % replicas]));
    case 'round-robin':
      return new Map(sorted.map(({ server }, index) => [server, index % replicas]));
    case 'consistent-hashing':
      return placeOnRing(sorted, replicas);
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
