import type { ShardedCluster } from './cluster.ts';
import { spread32 } from './fnv.ts';

const POINTS_PER_SHARD = 40;
/** No shard carries more than so many times the average. */
const LOAD_FACTOR = 1.25;

/**
 * Places clusters on a ring of shards, so that a further shard takes clusters from others but never moves one between
 * two that were there. A shard that has its share of Applications passes a cluster on to the next of the ring.
 */
export function placeOnRing(
  clusters: readonly ShardedCluster[],
  replicas: number,
): ReadonlyMap<string, number> {
  const ring = ringOf(replicas);
  const weightOf = ({ applications }: ShardedCluster): number => applications + 1;
  const total = clusters.reduce((sum, cluster) => sum + weightOf(cluster), 0);
  const most = Math.ceil((total / replicas) * LOAD_FACTOR);
  const loads = new Map<number, number>();
  const placed = new Map<string, number>();
  for (const cluster of clusters) {
    const weight = weightOf(cluster);
    const candidates = shardsFrom(ring, spread32(cluster.id));
    const shard =
      candidates.find((candidate) => (loads.get(candidate) ?? 0) + weight <= most) ??
      leastLoaded(candidates, loads);
    loads.set(shard, (loads.get(shard) ?? 0) + weight);
    placed.set(cluster.server, shard);
  }
  return placed;
}

interface Point {
  readonly at: number;
  readonly shard: number;
}

function ringOf(replicas: number): readonly Point[] {
  const points: Point[] = [];
  for (let shard = 0; shard < replicas; shard += 1)
    for (let point = 0; point < POINTS_PER_SHARD; point += 1)
      points.push({ at: spread32(`${shard}/${point}`), shard });
  return points.sort((a, b) => a.at - b.at || a.shard - b.shard);
}

/** All shards in the order in which the ring names them from a place on. */
function shardsFrom(ring: readonly Point[], place: number): readonly number[] {
  const start = ring.findIndex(({ at }) => at >= place);
  const turned = start < 0 ? ring : [...ring.slice(start), ...ring.slice(0, start)];
  return [...new Set(turned.map(({ shard }) => shard))];
}

const leastLoaded = (shards: readonly number[], loads: ReadonlyMap<number, number>): number =>
  [...shards].sort((a, b) => (loads.get(a) ?? 0) - (loads.get(b) ?? 0))[0] ?? 0;
