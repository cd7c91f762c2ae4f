import { defineCommand } from '../../program/definition.ts';
import { changeKinds, listFlag } from './kind-list.ts';

export const command = defineCommand({
  usage: 'PROJECT GROUP KIND',
  args: { min: 3, max: 3 },
  description: 'Keeps a project from deploying a cluster-scoped kind.',
  flags: { list: listFlag('allow') },
  examples: [
    {
      what: 'One kind',
      line: 'tiphys proj deny-cluster-resource team-a rbac.authorization.k8s.io ClusterRole',
    },
  ],
  async run(invocation, { args: [project = '', group = '', kind = ''], flags }) {
    const rule = { group, kind };
    await changeKinds(invocation, { project, rule, scope: 'cluster', permit: false, list: flags.list });
    return 0;
  },
});
