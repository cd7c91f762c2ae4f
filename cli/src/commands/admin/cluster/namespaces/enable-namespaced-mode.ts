import { kubeFlags } from '../../../../kube/flags.ts';
import { withCluster } from '../../../../kube/own-cluster.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { limitClusters } from '../namespaced-mode.ts';

export const command = defineCommand({
  usage: 'PATTERN',
  args: { min: 1, max: 1 },
  description:
    'Limits clusters, by a pattern of their addresses, to the namespaces that applications deploy to now. Tells what it would do; --dry-run=false does it.',
  flags: {
    ...kubeFlags,
    'dry-run': { kind: 'switch', default: true, describe: 'Tell what would be done, and do nothing' },
    'cluster-resources': { kind: 'switch', describe: 'Let objects without a namespace be deployed still' },
    'max-namespace-count': {
      kind: 'integer',
      default: 0,
      describe: 'Leave clusters alone that have as many namespaces or more; 0 for no limit',
    },
  },
  examples: [
    {
      what: 'One cluster',
      line: 'tiphys admin cluster namespaces enable-namespaced-mode https://10.0.0.1 --dry-run=false -n argocd',
    },
  ],
  async run(invocation, { args: [pattern = ''], flags }) {
    const most = flags['max-namespace-count'];
    const clusterResources = flags['cluster-resources'];
    await withCluster(invocation, flags, (cluster) =>
      limitClusters(
        cluster,
        {
          pattern,
          dryRun: flags['dry-run'],
          limit: ({ namespaces }, used) =>
            namespaces.length > 0 || used.length === 0 || (most > 0 && used.length >= most)
              ? undefined
              : { namespaces: used, clusterResources },
        },
        invocation.out,
      ),
    );
    return 0;
  },
});
