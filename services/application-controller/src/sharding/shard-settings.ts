import { TiphysError } from '@tiphys/model';
import { SHARDING_METHODS, type ShardingMethod } from '@tiphys/sharding';
import type { ShardSettings } from './cluster-shards.ts';

export interface ShardSource {
  /** `controller.sharding.algorithm`; one that is not known counts as `legacy`. */
  readonly method: string;
  /** 0 and 1 both mean one. */
  readonly replicas: number;
  /** -1 takes the number at the end of the host's name, as pods of a StatefulSet have it. */
  readonly shard: number;
  readonly hostname: string;
}

/** The share of this process. Errors: `invalid` where several replicas cannot tell themselves apart. */
export function shardSettings({ method: asked, replicas, shard, hostname }: ShardSource): ShardSettings {
  const method = methodOf(asked);
  const count = Math.max(1, replicas);
  if (count === 1) return { method, replicas: 1, shard: 0 };
  const own = shard >= 0 ? shard : Number(/-(\d+)$/u.exec(hostname)?.[1] ?? Number.NaN);
  if (Number.isNaN(own)) {
    throw new TiphysError(
      'invalid',
      `replica '${hostname}' of ${count} cannot tell its shard: its name must end in -<number>, or ARGOCD_CONTROLLER_SHARD must say it`,
    );
  }
  if (own >= count) {
    throw new TiphysError(
      'invalid',
      `shard ${own} does not exist among ${count}: set ARGOCD_CONTROLLER_REPLICAS to the number of replicas`,
    );
  }
  return { method, replicas: count, shard: own };
}

const methodOf = (text: string): ShardingMethod =>
  SHARDING_METHODS.find((method) => method === text) ?? 'legacy';
