import { defineCommand } from '../../program/definition.ts';
import { changeKinds, listFlag } from './kind-list.ts';

export const command = defineCommand({
  usage: 'PROJECT GROUP KIND',
  args: { min: 3, max: 3 },
  description: 'Keeps a project from deploying a namespaced kind.',
  flags: { list: listFlag('deny') },
  examples: [
    { what: 'One kind', line: 'tiphys proj deny-namespace-resource team-a rbac.authorization.k8s.io Role' },
  ],
  async run(invocation, { args: [project = '', group = '', kind = ''], flags }) {
    const rule = { group, kind };
    await changeKinds(invocation, { project, rule, scope: 'namespaced', permit: false, list: flags.list });
    return 0;
  },
});
