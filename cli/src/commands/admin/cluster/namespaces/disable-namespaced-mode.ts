import { kubeFlags } from '../../../../kube/flags.ts';
import { withCluster } from '../../../../kube/own-cluster.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { limitClusters } from '../namespaced-mode.ts';

export const command = defineCommand({
  usage: 'PATTERN',
  args: { min: 1, max: 1 },
  description:
    'Lets clusters, by a pattern of their addresses, be deployed to in all namespaces again. Tells what it would do; --dry-run=false does it.',
  flags: {
    ...kubeFlags,
    'dry-run': { kind: 'switch', default: true, describe: 'Tell what would be done, and do nothing' },
  },
  examples: [
    {
      what: 'All clusters',
      line: "tiphys admin cluster namespaces disable-namespaced-mode '*' --dry-run=false -n argocd",
    },
  ],
  async run(invocation, { args: [pattern = ''], flags }) {
    await withCluster(invocation, flags, (cluster) =>
      limitClusters(
        cluster,
        {
          pattern,
          dryRun: flags['dry-run'],
          limit: ({ namespaces }) =>
            namespaces.length === 0 ? undefined : { namespaces: [], clusterResources: false },
        },
        invocation.out,
      ),
    );
    return 0;
  },
});
