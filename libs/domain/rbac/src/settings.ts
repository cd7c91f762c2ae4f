import { builtInRules } from './built-in.ts';
import { parsePolicy } from './parse-policy.ts';
import { Policy } from './policy.ts';
import type { MatchMode, Rule } from './rules.ts';

/** What `argocd-rbac-cm` says. */
export interface RbacSettings {
  /** Built-in rules first, then those of `policy.csv`, then those of `policy.<x>.csv` in the order of their keys. */
  readonly policy: Policy;
  /** Role of everybody, those without a token included; empty for none. */
  readonly defaultRole: string;
  /** Names of the claims that hold groups. */
  readonly scopes: readonly string[];
}

export interface ReadRbacSettings {
  readonly settings: RbacSettings;
  /** With any, only the built-in rules are in the policy. */
  readonly mistakes: readonly string[];
  readonly remarks: readonly string[];
}

const OVERLAY = /^policy\..+\.csv$/u;
const DEFAULT_SCOPES = ['groups'];

/**
 * Reads the data of `argocd-rbac-cm`. `readYaml` reads the list of `scopes`. A policy with a mistake in any line is
 * not used at all.
 */
export function readRbacSettings(
  data: Readonly<Record<string, string>>,
  readYaml: (text: string) => unknown,
): ReadRbacSettings {
  const mode: MatchMode = data['policy.matchMode'] === 'regex' ? 'regex' : 'glob';
  const overlays = Object.keys(data).filter((key) => OVERLAY.test(key));
  const parsed = ['policy.csv', ...overlays.sort()].map((key) => parsePolicy(data[key] ?? '', key, mode));
  const scopes = scopesOf(data['scopes'] ?? '', readYaml);
  const mistakes = [...parsed.flatMap((each) => each.mistakes), ...scopes.mistakes];
  const rules = mistakes.length > 0 ? [] : parsed.flatMap((each) => each.rules);
  const policy = new Policy([...builtInRules.map((rule) => inMode(rule, mode)), ...rules], { mode });
  return {
    settings: { policy, defaultRole: data['policy.default']?.trim() ?? '', scopes: scopes.names },
    mistakes,
    remarks: parsed.flatMap((each) => each.remarks),
  };
}

/** The built-in rules are globs; as regular expressions, their stars stand for anything as well. */
function inMode(rule: Rule, mode: MatchMode): Rule {
  if (mode === 'glob' || rule.type === 'membership') return rule;
  const regex = (glob: string): string => `^${glob.replaceAll('*', '.*')}$`;
  return { ...rule, resource: `^${rule.resource}$`, action: regex(rule.action), object: regex(rule.object) };
}

function scopesOf(
  text: string,
  readYaml: (text: string) => unknown,
): { readonly names: readonly string[]; readonly mistakes: readonly string[] } {
  if (text.trim() === '') return { names: DEFAULT_SCOPES, mistakes: [] };
  try {
    const value = readYaml(text);
    if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
      return { names: value, mistakes: [] };
  } catch {
    return { names: DEFAULT_SCOPES, mistakes: ['scopes: the list cannot be read as YAML'] };
  }
  return { names: DEFAULT_SCOPES, mistakes: ['scopes: a list of names of claims is needed'] };
}
