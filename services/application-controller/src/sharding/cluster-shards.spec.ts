import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '@tiphys/ports';
import { ClusterShards, type Leases, type ShardSettings } from './cluster-shards.ts';

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
class FreeLeases implements Leases {
  wanted: ReadonlySet<string> = new Set();
  term = 1;
  readonly lives = new Map<string, boolean>();
  want = (names: ReadonlySet<string>): void => void (this.wanted = names);
  holds = (name: string): boolean => this.wanted.has(name);
  keeps = (name: string): boolean => this.wanted.has(name);
  termOf = (): number => this.term;
  isRecent = (name: string): boolean | undefined => this.lives.get(name);
}

function replica(settings: Partial<ShardSettings>, clusters: () => readonly ClusterConfig[]) {
  const leases = new FreeLeases();
  let now = 0;
  const shards = new ClusterShards({
    settings: { method: 'round-robin', replicas: 1, shard: 0, ...settings },
    clusters,
    applications: () => new Map(),
    leases,
    now: () => now,
    patienceMs: 1_000,
  });
  shards.start();
  return { shards, leases, at: (time: number) => (now = time) };
}

describe('clusters over replicas', () => {
  it('are served by one each', () => {
    const clusters = [own, ...[1, 2, 3, 4, 5].map(far)];
    const replicas = [0, 1, 2].map((shard) => replica({ shard, replicas: 3 }, () => clusters));
    for (const server of [undefined, ...clusters.map((cluster) => cluster.server)])
      expect(replicas.filter(({ shards }) => shards.serves(server))).toHaveLength(1);
    expect(replicas[0]?.shards.serves(own.server)).toBe(true);
    expect(replicas[0]?.shards.serves(undefined)).toBe(true);
  });

  it('are found again by their lease', () => {
    const { shards, leases } = replica({}, () => [own, far(1)]);
    expect([...leases.wanted].map((name) => shards.placeOf(name)?.server).sort()).toEqual(
      ['https://far-1', own.server, undefined].sort(),
    );
    expect(shards.placeOf('tiphys-controller-shard-0')).toBe(undefined);
  });

  it('are shared out anew when they change', () => {
    let clusters = [own];
    const { shards } = replica({}, () => clusters);
    expect(shards.serves('https://far-1')).toBe(false);
    clusters = [own, far(1)];
    shards.refresh();
    expect(shards.serves('https://far-1')).toBe(true);
    expect(shards.serves('https://far-1/')).toBe(true);
  });

  it('take no more leases than needed where there is one replica', () => {
    expect(replica({}, () => [own]).leases.wanted.size).toBe(2);
  });

  it('go to those that are left while a replica shows no life, and back', () => {
    const clusters = [own, far(1), far(2)];
    const { shards, leases, at } = replica({ shard: 1, replicas: 2 }, () => clusters);
    const served = () => [undefined, own.server].map((server) => shards.serves(server));
    at(1_000);
    shards.refresh();
    expect(served()).toEqual([false, false]);
    at(1_001);
    shards.refresh();
    expect(served()).toEqual([true, true]);
    leases.lives.set('tiphys-controller-shard-0', true);
    shards.refresh();
    expect(served()).toEqual([false, false]);
    leases.lives.set('tiphys-controller-shard-0', false);
    shards.refresh();
    expect(served()).toEqual([true, true]);
  });

  it('are worked on by a permit that never comes back', () => {
    const { shards, leases } = replica({}, () => [own]);
    const permit = shards.permit(own.server);
    expect(permit?.isValid()).toBe(true);
    leases.term = 2;
    expect(permit?.isValid()).toBe(false);
    expect(shards.permit(own.server)?.isValid()).toBe(true);
    expect(shards.permit('https://unknown')).toBe(undefined);
  });
});
