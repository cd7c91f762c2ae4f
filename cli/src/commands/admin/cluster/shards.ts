import { kubeFlags } from '../../../kube/flags.ts';
import { withCluster } from '../../../kube/own-cluster.ts';
import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';
import { readPlaced, type PlacedCluster } from './placed.ts';
import { statsFlags } from './redis-flags.ts';

const header = ['SHARD', 'CLUSTERS', 'APPS COUNT', 'RESOURCES COUNT'];

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the shards of the controller with how much each of them serves.',
  flags: { ...kubeFlags, ...statsFlags },
  examples: [
    { what: 'As it is', line: 'tiphys admin cluster shards -n argocd' },
    {
      what: 'As it would be with five controllers',
      line: 'tiphys admin cluster shards --replicas 5 --sharding-method consistent-hashing -n argocd',
    },
  ],
  async run(invocation, { flags }) {
    await withCluster(invocation, flags, async (cluster) => {
      const byShard = new Map<number, PlacedCluster[]>();
      for (const one of await readPlaced(invocation, cluster, flags))
        byShard.set(one.shard, [...(byShard.get(one.shard) ?? []), one]);
      const shards = [...byShard].sort(([a], [b]) => a - b);
      const total = sum(shards.flatMap(([, clusters]) => clusters).map(({ resources }) => resources));
      const rows = shards.map(([shard, clusters]) => [
        String(shard),
        String(clusters.length),
        String(sum(clusters.map(({ applications }) => applications))),
        withShare(sum(clusters.map(({ resources }) => resources)), total),
      ]);
      invocation.out.write(formatTable([header, ...rows]));
    });
    return 0;
  },
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const withShare = (count: number, total: number): string =>
  total === 0 ? String(count) : `${String(count)} (${String(Math.round((count / total) * 100))}%)`;
