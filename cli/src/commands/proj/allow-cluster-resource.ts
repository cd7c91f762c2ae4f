import { defineCommand } from '../../program/definition.ts';
import { changeKinds, listFlag } from './kind-list.ts';

export const command = defineCommand({
  usage: 'PROJECT GROUP KIND [NAME]',
  args: { min: 3, max: 4 },
  description: 'Lets a project deploy a cluster-scoped kind.',
  flags: { list: listFlag('allow') },
  examples: [
    {
      what: 'One kind',
      line: 'tiphys proj allow-cluster-resource team-a rbac.authorization.k8s.io ClusterRole',
    },
  ],
  async run(invocation, { args: [project = '', group = '', kind = '', name = ''], flags }) {
    const rule = { group, kind, ...(name === '' ? {} : { name }) };
    await changeKinds(invocation, { project, rule, scope: 'cluster', permit: true, list: flags.list });
    return 0;
  },
});
