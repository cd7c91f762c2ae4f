import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShardedCluster } from './cluster.ts';
import { fnv32 } from './fnv.ts';
import { SHARDING_METHODS, shardOfTheRest, shardsOf } from './shards-of.ts';

const cluster = (id: string, rest: Partial<ShardedCluster> = {}): ShardedCluster => ({
  server: `https://${id}.example.com`,
  id,
  applications: 0,
  ...rest,
});

const someClusters = fc
  .uniqueArray(fc.uuid(), { maxLength: 40 })
  .chain((ids) =>
    fc
      .array(fc.nat(50), { minLength: ids.length, maxLength: ids.length })
      .map((counts) => ids.map((id, index) => cluster(id, { applications: counts[index] ?? 0 }))),
  );
const someReplicas = fc.integer({ min: 1, max: 8 });
const someMethod = fc.constantFrom(...SHARDING_METHODS);

describe('the hash of the legacy method', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0x050c5d7e],
    ['foobar', 0x31f0b262],
  ])('%j is %i', (text, hash) => {
    expect(fnv32(text)).toBe(hash);
  });

  it('is over bytes, not characters', () => {
    const bytes = [...new TextEncoder().encode('ä€😀')];
    const expected = bytes.reduce((hash, byte) => (Math.imul(hash, 0x01000193) ^ byte) >>> 0, 0x811c9dc5);
    expect(fnv32('ä€😀')).toBe(expected);
  });
});

describe('shardsOf', () => {
  it('gives each cluster one of the shards, in whatever order the clusters come', () => {
    fc.assert(
      fc.property(someClusters, someReplicas, someMethod, (clusters, replicas, method) => {
        const shards = shardsOf(clusters, { method, replicas });
        expect([...shards.keys()].sort()).toEqual(clusters.map(({ server }) => server).sort());
        for (const shard of shards.values()) expect(shard >= 0 && shard < replicas).toBe(true);
        const again = shardsOf([...clusters].reverse(), { method, replicas });
        expect(new Map([...again].sort())).toEqual(new Map([...shards].sort()));
      }),
    );
  });

  it('serves the cluster without a secret on the first shard', () => {
    for (const method of SHARDING_METHODS) {
      const own = { server: 'https://kubernetes.default.svc', id: '', applications: 9 };
      const shards = shardsOf([own, cluster('a'), cluster('b')], { method, replicas: 3 });
      expect(shards.get(own.server)).toBe(0);
    }
  });

  it.each([
    [2, 2],
    [0, 0],
    [3, undefined],
    [-1, undefined],
  ])('heeds shard %i of a secret where it exists', (shard, expected) => {
    const [asking, without] = [cluster('a', { shard }), cluster('a')];
    for (const method of SHARDING_METHODS) {
      const options = { method, replicas: 3 };
      const placed = shardsOf([asking], options).get(asking.server);
      expect(placed).toBe(expected ?? shardsOf([without], options).get(without.server));
    }
  });

  it('hands clusters out in turn by round-robin', () => {
    const clusters = ['c', 'a', 'b', 'd'].map((id) => cluster(id));
    const shards = shardsOf(clusters, { method: 'round-robin', replicas: 2 });
    expect(['a', 'b', 'c', 'd'].map((id) => shards.get(cluster(id).server))).toEqual([0, 1, 0, 1]);
  });

  it('keeps shards of a ring below a quarter more than their share, as far as single clusters allow', () => {
    fc.assert(
      fc.property(someClusters, someReplicas, (clusters, replicas) => {
        const shards = shardsOf(clusters, { method: 'consistent-hashing', replicas });
        const weights = clusters.map(({ applications }) => applications + 1);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const loads = Array.from({ length: replicas }, (_, shard) =>
          clusters.reduce(
            (sum, one, index) => sum + (shards.get(one.server) === shard ? (weights[index] ?? 0) : 0),
            0,
          ),
        );
        const most = Math.ceil((total / replicas) * 1.25);
        expect(Math.max(...loads)).toBeLessThan(most + Math.max(1, ...weights));
      }),
    );
  });

  it('moves few clusters of a ring when a shard comes', () => {
    const clusters = Array.from({ length: 300 }, (_, index) => cluster(`cluster-${index}`));
    const before = shardsOf(clusters, { method: 'consistent-hashing', replicas: 4 });
    const after = shardsOf(clusters, { method: 'consistent-hashing', replicas: 5 });
    const moved = clusters.filter(({ server }) => before.get(server) !== after.get(server));
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.length).toBeLessThan(150);
  });

  it('lets those that are left stand in for what is gone, and moves nothing else', () => {
    const someGone = fc.uniqueArray(fc.nat(7), { maxLength: 7 });
    fc.assert(
      fc.property(someClusters, someReplicas, someMethod, someGone, (clusters, replicas, method, dead) => {
        const gone = new Set(dead.filter((shard) => shard < replicas));
        fc.pre(gone.size < replicas);
        const before = shardsOf(clusters, { method, replicas });
        const after = shardsOf(clusters, { method, replicas, gone });
        for (const [server, shard] of before) {
          if (gone.has(shard)) expect(gone.has(after.get(server) ?? -1)).toBe(false);
          else expect(after.get(server)).toBe(shard);
        }
        expect(gone.has(shardOfTheRest({ replicas, gone }))).toBe(false);
      }),
    );
  });

  it('spreads the clusters of one that is gone', () => {
    const clusters = Array.from({ length: 60 }, (_, index) => cluster(`c${index}`, { shard: 0 }));
    const after = shardsOf(clusters, { method: 'legacy', replicas: 4, gone: new Set([0]) });
    expect(new Set(after.values())).toEqual(new Set([1, 2, 3]));
  });
});
