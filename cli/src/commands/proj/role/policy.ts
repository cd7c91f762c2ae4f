import type { FlagSet } from '../../../program/definition.ts';

export const policyFlags = {
  action: { kind: 'text', short: 'a', default: '', describe: 'Action, such as get, sync or *' },
  object: {
    kind: 'text',
    short: 'o',
    default: '',
    describe: 'Object within the project, such as * or an application',
  },
  permission: { kind: 'text', short: 'p', default: 'allow', describe: 'allow or deny' },
  resource: {
    kind: 'text',
    short: 'r',
    default: 'applications',
    describe: 'Resource: applications, logs, exec and so on',
  },
} as const satisfies FlagSet;

/** The policy that the flags stand for. */
export const policyOf = (
  { project, role }: { readonly project: string; readonly role: string },
  flags: Readonly<Record<'action' | 'object' | 'permission' | 'resource', string>>,
): string =>
  `p, proj:${project}:${role}, ${flags.resource}, ${flags.action}, ${project}/${flags.object}, ${flags.permission}`;
