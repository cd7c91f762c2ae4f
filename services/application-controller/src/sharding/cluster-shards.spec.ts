import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '@tiphys/ports';
import { ClusterShards, type Leases } from './cluster-shards.ts';

const own: ClusterConfig = {
  server: 'https://kubernetes.default.svc',
  name: 'in-cluster',
  namespaces: [],
  clusterResources: false,
  project: '',
  labels: {},
  annotations: {},
  credentials: {},
};
const far = (number: number): ClusterConfig => ({
  ...own,
  server: `https://far-${number}`,
  name: `far-${number}`,
  id: `uid-${number}`,
});

/** Leases that are held as soon as they are wanted. */
function freeLeases(): Leases & { wanted: ReadonlySet<string> } {
  const leases = {
    wanted: new Set<string>() as ReadonlySet<string>,
    want: (names: ReadonlySet<string>) => void (leases.wanted = names),
    holds: (name: string) => leases.wanted.has(name),
  };
  return leases;
}

function replica(shard: number, replicas: number, clusters: () => readonly ClusterConfig[]) {
  const leases = freeLeases();
  const settings = { method: 'round-robin', replicas, shard } as const;
  const shards = new ClusterShards({ settings, clusters, applications: () => new Map(), leases });
  shards.refresh();
  return { shards, leases };
}

describe('clusters over replicas', () => {
  it('are served by one each', () => {
    const clusters = [own, ...[1, 2, 3, 4, 5].map(far)];
    const replicas = [0, 1, 2].map((shard) => replica(shard, 3, () => clusters));
    for (const server of [undefined, ...clusters.map((cluster) => cluster.server)])
      expect(replicas.filter(({ shards }) => shards.serves(server))).toHaveLength(1);
    expect(replicas[0]?.shards.serves(own.server)).toBe(true);
    expect(replicas[0]?.shards.serves(undefined)).toBe(true);
  });

  it('are found again by their lease', () => {
    const { shards, leases } = replica(0, 1, () => [own, far(1)]);
    expect([...leases.wanted].map((name) => shards.serverOf(name)).sort()).toEqual(
      ['https://far-1', own.server, undefined].sort(),
    );
  });

  it('are shared out anew when they change', () => {
    let clusters = [own];
    const { shards } = replica(0, 1, () => clusters);
    expect(shards.serves('https://far-1')).toBe(false);
    clusters = [own, far(1)];
    shards.refresh();
    expect(shards.serves('https://far-1')).toBe(true);
    expect(shards.serves('https://far-1/')).toBe(true);
  });
});
