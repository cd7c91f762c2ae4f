/** What decides where a destination cluster is served. */
export interface ShardedCluster {
  readonly server: string;
  /** UID of its secret; empty for the cluster that the control plane runs in where no secret describes it. */
  readonly id: string;
  /** The shard that its secret asks for. */
  readonly shard?: number;
  /** Number of Applications that deploy there. */
  readonly applications: number;
}
