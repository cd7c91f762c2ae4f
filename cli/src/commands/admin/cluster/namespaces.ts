import { kubeFlags } from '../../../kube/flags.ts';
import { withCluster } from '../../../kube/own-cluster.ts';
import { formatTable } from '../../../output/table.ts';
import { defineCommand } from '../../../program/definition.ts';
import { namespacesOf, readClusters, readDeployed } from './clusters.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists to which namespaces of each cluster applications deploy.',
  flags: kubeFlags,
  examples: [{ what: 'All of them', line: 'tiphys admin cluster namespaces -n argocd' }],
  async run(invocation, { flags }) {
    await withCluster(invocation, flags, async (cluster) => {
      const clusters = await readClusters(cluster);
      const deployed = await readDeployed(cluster, clusters);
      const rows = clusters.flatMap(({ server }) =>
        namespacesOf(deployed.get(server)).map((namespace) => [server, namespace]),
      );
      invocation.out.write(formatTable([['CLUSTER', 'NAMESPACE'], ...rows]));
    });
    return 0;
  },
});
