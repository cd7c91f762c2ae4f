import type { FlagSet } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { appNamespace } from './flags.ts';

/** Which objects a command changes. */
export const objectFlags = {
  group: { kind: 'text', describe: 'Only objects of this API group' },
  kind: { kind: 'text', describe: 'Objects of this kind (needed)' },
  namespace: { kind: 'text', describe: 'Only objects in this namespace' },
  'resource-name': { kind: 'text', describe: 'Only the object of this name' },
  all: { kind: 'switch', describe: 'Take each object that the flags choose' },
  project: { kind: 'text', describe: 'The project of the application' },
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

/** @throws Failure where a flag that the command cannot do without is missing. */
export function needed(flags: Readonly<Record<string, unknown>>, ...names: readonly string[]): void {
  const missing = names.filter((name) => flags[name] === undefined || flags[name] === '');
  if (missing.length === 0) return;
  const list = missing.map((name) => `"${name}"`).join(', ');
  throw new Failure(`required flag(s) ${list} not set`);
}

/** What a call says of the project, where anything was said. */
export const projectIn = (project: string | undefined): { readonly project?: string } =>
  project === undefined || project === '' ? {} : { project };
