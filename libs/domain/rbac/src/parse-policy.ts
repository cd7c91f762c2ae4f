import { compileRegex } from '@tiphys/glob';
import { csvFields } from './csv-fields.ts';
import type { MatchMode, Rule } from './rules.ts';

export interface ParsedPolicy {
  readonly rules: readonly Rule[];
  /** Lines that cannot be read, each with its number and the reason. With any, the policy must not be used. */
  readonly mistakes: readonly string[];
  /** Lines that have no effect. */
  readonly remarks: readonly string[];
}

const FORMS: ReadonlyMap<string, string> = new Map([
  ['p', 'p, subject, resource, action, object, allow|deny'],
  ['g', 'g, member, role'],
]);

/**
 * Reads a policy: a rule a line; empty lines and those that begin with `#` do not count (wire/rbac.tsv, grammar).
 * `name` says in mistakes where the text comes from.
 */
export function parsePolicy(text: string, name: string, mode: MatchMode = 'glob'): ParsedPolicy {
  const rules: Rule[] = [];
  const mistakes: string[] = [];
  const remarks: string[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    const at = `${name}, line ${index + 1}`;
    const rule = parseLine(line, mode);
    if (typeof rule === 'string') mistakes.push(`${at}: ${rule}: ${JSON.stringify(line)}`);
    else if (rule === undefined) remarks.push(`${at}: the effect is neither allow nor deny`);
    else rules.push(rule);
  }
  return { rules, mistakes, remarks };
}

/** A rule, the reason why there is none, or undefined for a rule without effect. */
function parseLine(line: string, mode: MatchMode): Rule | string | undefined {
  const fields = csvFields(line);
  if (fields === undefined) return 'double quotes must enclose a whole field';
  const [kind = '', first = '', second = '', third = '', fourth = '', effect = ''] = fields;
  const form = FORMS.get(kind);
  if (form === undefined) return `a rule begins with p or g, not with ${JSON.stringify(kind)}`;
  if (fields.length !== form.split(',').length) return `a rule of this kind has the form "${form}"`;
  if (kind === 'g') return { type: 'membership', member: first, role: second };
  if (mode === 'regex') {
    const bad = [second, third, fourth].find((pattern) => compileRegex(pattern) === undefined);
    if (bad !== undefined) return `${JSON.stringify(bad)} is no regular expression that can be run`;
  }
  if (effect !== 'allow' && effect !== 'deny') return undefined;
  return {
    type: 'permission',
    subject: first,
    resource: second,
    action: third,
    object: fourth,
    isAllowed: effect === 'allow',
  };
}
