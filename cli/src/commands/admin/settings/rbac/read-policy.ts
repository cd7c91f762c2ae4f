import { builtInRules, parsePolicy, Policy, readRbacSettings } from '@tiphys/rbac';
import type { Data } from '../../read-object.ts';
import { readYaml } from '../source.ts';

export interface ReadPolicy {
  readonly policy: Policy;
  /** Empty for none. */
  readonly defaultRole: string;
  readonly mistakes: readonly string[];
  readonly remarks: readonly string[];
}

/** The policy of the data of `argocd-rbac-cm`, with the built-in rules or without. */
export function readPolicy(data: Data, { withBuiltIn }: { readonly withBuiltIn: boolean }): ReadPolicy {
  const { settings, mistakes, remarks } = readRbacSettings(data, readYaml);
  const { policy, defaultRole } = settings;
  if (withBuiltIn) return { policy, defaultRole, mistakes, remarks };
  const keys = Object.keys(data).filter((key) => /^policy\..+\.csv$/u.test(key));
  const rules = ['policy.csv', ...keys.sort()].flatMap(
    (key) => parsePolicy(data[key] ?? '', key, policy.mode).rules,
  );
  return { policy: new Policy(rules, { mode: policy.mode }), defaultRole, mistakes, remarks };
}

/** Roles that members have and that no rule says anything of. */
export function rolesWithoutRules(data: Data): readonly string[] {
  const rules = [
    ...builtInRules,
    ...Object.keys(data)
      .filter((key) => /^policy\.(?:.+\.)?csv$/u.test(key))
      .flatMap((key) => parsePolicy(data[key] ?? '', key).rules),
  ];
  const known = new Set(rules.map((rule) => (rule.type === 'permission' ? rule.subject : rule.member)));
  const used = rules.flatMap((rule) => (rule.type === 'membership' ? [rule.role] : []));
  return [...new Set(used)].filter((role) => role.startsWith('role:') && !known.has(role)).sort();
}
