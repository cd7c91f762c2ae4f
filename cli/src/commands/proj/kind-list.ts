import type { ProjectSpec } from '../../api/schemas/project.ts';
import type { Flag } from '../../program/definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { checkFormat } from '../../output/format.ts';
import { editProject } from './edit-project.ts';

export interface KindRule {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

export interface KindChange {
  readonly project: string;
  readonly rule: KindRule;
  readonly scope: 'cluster' | 'namespaced';
  /** True to permit the kind, false to forbid it. */
  readonly permit: boolean;
  /** The list to change: the allowed or the denied kinds. */
  readonly list: string;
}

const LISTS = {
  cluster: { allow: 'clusterResourceWhitelist', deny: 'clusterResourceBlacklist' },
  namespaced: { allow: 'namespaceResourceWhitelist', deny: 'namespaceResourceBlacklist' },
} as const;

export const listFlag = (standard: 'allow' | 'deny') =>
  ({
    kind: 'text',
    short: 'l',
    default: standard,
    describe: 'Which list to change: allow or deny',
  }) as const satisfies Flag;

/** Permits or forbids a kind by one of the two lists, and tells what changed. */
export async function changeKinds(invocation: Invocation, change: KindChange): Promise<void> {
  const list = checkFormat(change.list, ['allow', 'deny'] as const);
  const adds = (list === 'allow') === change.permit;
  const changed = await editProject(invocation, change.project, (spec) =>
    withRule(spec, change, { list, adds }),
  );
  if (!changed) return;
  const { group, kind, name } = change.rule;
  const what =
    name === undefined
      ? `Group '${group}' and kind '${kind}'`
      : `Group '${group}', kind '${kind}', and name '${name}'`;
  const where = `${list === 'allow' ? 'allowed' : 'denied'} ${change.scope} resources`;
  invocation.err.line(`${what} is ${adds ? 'added to' : 'removed from'} ${where}`);
}

function withRule(
  spec: ProjectSpec,
  { rule, scope }: KindChange,
  { list, adds }: { readonly list: 'allow' | 'deny'; readonly adds: boolean },
): ProjectSpec | undefined {
  const key = LISTS[scope][list];
  const rules = spec[key] ?? [];
  const isRule = (each: Readonly<Record<string, unknown>>): boolean =>
    (['group', 'kind', 'name'] as const).every((part) => (each[part] ?? '') === (rule[part] ?? ''));
  if (rules.some(isRule) === adds) return undefined;
  return { ...spec, [key]: adds ? [...rules, rule] : rules.filter((each) => !isRule(each)) };
}
