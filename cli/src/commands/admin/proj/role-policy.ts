import type { AppProject } from '@tiphys/model';
import { compileGlob } from '@tiphys/glob';
import { Failure } from '../../../program/failure.ts';

export interface PolicyChange {
  readonly modification: 'set' | 'remove';
  readonly action: string;
  readonly resource: string;
  /** Object below the project: `*`, or the name of an application. */
  readonly scope: string;
  readonly permission: string;
  /** Pattern of the roles' names. */
  readonly role: string;
}

/** The change that words stand for. @throws Failure for what does not make a policy */
export function changeOf(modification: string, rest: Omit<PolicyChange, 'modification'>): PolicyChange {
  if (modification !== 'set' && modification !== 'remove')
    throw new Failure(`${modification} is no modification: set or remove.`);
  if (rest.resource === '') throw new Failure('Name the resource of the policy: --resource applications.');
  if (modification === 'set' && rest.scope === '')
    throw new Failure("Name the objects of the policy: --scope '*'.");
  if (modification === 'set' && !['allow', 'deny'].includes(rest.permission))
    throw new Failure('A policy allows or denies: --permission allow.');
  return { modification, ...rest };
}

/**
 * The project with one policy of each matching role set or removed; the same object where nothing changes. A policy
 * is that of its resource and action: another scope or permission replaces it.
 */
export function withRolePolicies(project: AppProject, change: PolicyChange): AppProject {
  const name = project.metadata.name ?? '';
  const isMeant = compileGlob(change.role) ?? (() => false);
  let isChanged = false;
  const roles = (project.spec.roles ?? []).map((role) => {
    if (!isMeant(role.name)) return role;
    const before = role.policies ?? [];
    const policies = policiesWith(before, `p, proj:${name}:${role.name}`, { name, change });
    if (same(before, policies)) return role;
    isChanged = true;
    return { ...role, policies };
  });
  return isChanged ? { ...project, spec: { ...project.spec, roles } } : project;
}

function policiesWith(
  policies: readonly string[],
  subject: string,
  { name, change }: { readonly name: string; readonly change: PolicyChange },
): readonly string[] {
  const start = `${subject}, ${change.resource}, ${change.action}, `;
  const wanted = `${start}${name}/${change.scope}, ${change.permission}`;
  const isThis = (policy: string): boolean => normalized(policy).startsWith(start);
  const others = policies.filter((policy) => !isThis(policy));
  if (change.modification === 'remove') return others;
  const at = policies.findIndex(isThis);
  return at < 0
    ? [...policies, wanted]
    : policies.flatMap((policy, index) => (index === at ? [wanted] : isThis(policy) ? [] : [policy]));
}

const normalized = (policy: string): string =>
  policy
    .split(',')
    .map((part) => part.trim())
    .join(', ');

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);
