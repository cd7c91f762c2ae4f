import { kubeFlags } from '../../../kube/flags.ts';
import { withCluster } from '../../../kube/own-cluster.ts';
import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';
import { readPlaced } from './placed.ts';
import { statsFlags } from './redis-flags.ts';

const header = ['SERVER', 'SHARD', 'CONNECTION', 'NAMESPACES COUNT', 'APPS COUNT', 'RESOURCES COUNT'];

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the clusters with the shard that serves each, and what the controller tells of them.',
  flags: { ...kubeFlags, ...statsFlags },
  examples: [
    { what: 'All clusters', line: 'tiphys admin cluster stats -n argocd' },
    {
      what: 'Those of a shard, of three',
      line: 'tiphys admin cluster stats --replicas 3 --shard 1 -n argocd',
    },
  ],
  async run(invocation, { flags }) {
    await withCluster(invocation, flags, async (cluster) => {
      const rows = (await readPlaced(invocation, cluster, flags)).map((one) => [
        one.server,
        String(one.shard),
        one.connection,
        String(one.namespaces),
        String(one.applications),
        String(one.resources),
      ]);
      invocation.out.write(formatTable([header, ...rows]));
    });
    return 0;
  },
});
