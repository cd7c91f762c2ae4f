export type { ShardedCluster } from './cluster.ts';
export * from './shards-of.ts';
