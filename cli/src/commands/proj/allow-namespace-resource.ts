import { defineCommand } from '../../program/definition.ts';
import { changeKinds, listFlag } from './kind-list.ts';

export const command = defineCommand({
  usage: 'PROJECT GROUP KIND',
  args: { min: 3, max: 3 },
  description: 'Lets a project deploy a namespaced kind.',
  flags: { list: listFlag('deny') },
  examples: [
    { what: 'One kind', line: 'tiphys proj allow-namespace-resource team-a rbac.authorization.k8s.io Role' },
  ],
  async run(invocation, { args: [project = '', group = '', kind = ''], flags }) {
    const rule = { group, kind };
    await changeKinds(invocation, { project, rule, scope: 'namespaced', permit: true, list: flags.list });
    return 0;
  },
});
