import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { TiphysError } from '@tiphys/model';
import type { Clock, KubeApi, Logger } from '@tiphys/ports';
import { LeaseSet } from '@tiphys/runtime/leases';
import type { ControllerConfig } from '../config.ts';
import { ClusterShards, type ClusterShardsOptions } from './cluster-shards.ts';
import { shardSettings } from './shard-settings.ts';

const MIN_DURATION_MS = 1_000;

export interface MakeShardsOptions
  extends
    Pick<ClusterShardsOptions, 'clusters' | 'applications'>,
    Pick<ConstructorParameters<typeof LeaseSet>[0], 'onChange' | 'drain'> {
  readonly config: ControllerConfig;
  readonly namespace: string;
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The share of this process as its settings have it, and the leases behind it. Errors: `invalid` settings. */
export function makeShards(options: MakeShardsOptions): {
  readonly shards: ClusterShards;
  readonly leases: LeaseSet;
} {
  const { config, clock } = options;
  const durationMs = config.leaseDuration;
  if (durationMs < MIN_DURATION_MS)
    throw new TiphysError('invalid', `a lease of ${durationMs} ms is too short: ask for 1s or more`);
  const settings = shardSettings({
    method: config.shardingMethod,
    replicas: config.replicas,
    shard: config.shard,
    hostname: config.podName ?? hostname(),
  });
  const leases: LeaseSet = new LeaseSet({
    ...options,
    durationMs,
    identity: config.podName ?? `${hostname()}_${randomUUID()}`,
    labels: { 'tiphys.dev/leases': 'application-controller' },
    isShared: settings.replicas > 1,
    onRound: () => shards.refresh(),
  });
  const shards = new ClusterShards({
    ...options,
    settings,
    leases,
    now: () => clock.now(),
    patienceMs: durationMs,
  });
  return { shards, leases };
}
