import { kubeFlags } from '../../../../kube/flags.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { exitCodes, Failure } from '../../../../program/failure.ts';
import { otherSettingsFlags } from '../flags.ts';
import { rbacData } from './policy-source.ts';
import { readPolicy } from './read-policy.ts';
import { mistakeIn, objectNamed, resourceNamed } from './vocabulary.ts';

export const command = defineCommand({
  usage: 'ROLE/SUBJECT ACTION RESOURCE [SUB-RESOURCE]',
  args: { min: 3, max: 4 },
  description:
    'Says whether a role or a user may do something, by a policy of a file or of the cluster. Exits with 1 where not. Policies of roles of projects do not count.',
  flags: {
    ...kubeFlags,
    ...otherSettingsFlags,
    'policy-file': {
      kind: 'text',
      placeholder: 'file',
      describe: 'File with a policy, or with the config map argocd-rbac-cm',
    },
    'default-role': { kind: 'text', describe: 'Role of everybody, in place of that of the config map' },
    'use-builtin-policy': {
      kind: 'switch',
      default: true,
      describe: 'Let role:admin and role:readonly count',
    },
    strict: { kind: 'switch', default: true, describe: 'Refuse resources and actions that are not known' },
    quiet: { kind: 'switch', short: 'q', describe: 'Answer by the exit code alone' },
  },
  examples: [
    {
      what: 'May the role sync an application?',
      line: 'tiphys admin settings rbac can role:dev sync applications shop/web --policy-file policy.csv',
    },
    {
      what: 'By the policy in use',
      line: 'tiphys admin settings rbac can alice get clusters -n argocd',
    },
  ],
  async run(invocation, { args: [subject = '', action = '', name = '', given], flags }) {
    const data = await rbacData(invocation, flags);
    const { policy, defaultRole, mistakes } = readPolicy(data, { withBuiltIn: flags['use-builtin-policy'] });
    if (mistakes.length > 0)
      throw new Failure(`The policy is not used, as it has mistakes: ${mistakes.join('; ')}`);
    const resource = resourceNamed(name);
    const mistake = flags.strict ? mistakeIn(resource, action) : undefined;
    if (mistake !== undefined) throw new Failure(`error in RBAC request: ${mistake}`);
    const permission = { resource, action, object: objectNamed(resource, given) };
    const role = flags['default-role'] ?? defaultRole;
    const may = (role !== '' && policy.allows(role, permission)) || policy.allows(subject, permission);
    if (!flags.quiet) invocation.out.line(may ? 'Yes' : 'No');
    return may ? exitCodes.ok : exitCodes.failed;
  },
});
