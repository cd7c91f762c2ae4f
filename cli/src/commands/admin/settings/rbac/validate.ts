import { kubeFlags } from '../../../../kube/flags.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { exitCodes } from '../../../../program/failure.ts';
import { otherSettingsFlags } from '../flags.ts';
import { rbacData } from './policy-source.ts';
import { readPolicy, rolesWithoutRules } from './read-policy.ts';

const { namespace, ...otherKubeFlags } = kubeFlags;

export const command = defineCommand({
  usage: '[--policy-file FILE] [--namespace NAMESPACE]',
  args: { min: 0, max: 0 },
  description: 'Checks a policy of a file or of the cluster. Exits with 1 where it could not be used.',
  flags: {
    ...otherKubeFlags,
    ...otherSettingsFlags,
    namespace: { kind: 'text', describe: namespace.describe },
    'policy-file': {
      kind: 'text',
      placeholder: 'file',
      describe: 'File with a policy, or with the config map argocd-rbac-cm',
    },
  },
  examples: [
    { what: 'A file', line: 'tiphys admin settings rbac validate --policy-file policy.csv' },
    { what: 'The policy in use', line: 'tiphys admin settings rbac validate --namespace argocd' },
  ],
  async run(invocation, { flags }) {
    const { out, err } = invocation;
    const data = await rbacData(invocation, flags);
    const { mistakes, remarks } = readPolicy(data, { withBuiltIn: true });
    for (const remark of remarks) err.line(`${err.paint('Warning:', 'yellow')} ${remark}`);
    const empty = rolesWithoutRules(data);
    if (empty.length > 0)
      err.line(`${err.paint('Warning:', 'yellow')} no rule says anything of ${empty.join(', ')}`);
    if (mistakes.length === 0) {
      out.line('Policy is valid.');
      return exitCodes.ok;
    }
    out.line(`Policy is invalid: ${mistakes.join('\n  ')}`);
    return exitCodes.failed;
  },
});
