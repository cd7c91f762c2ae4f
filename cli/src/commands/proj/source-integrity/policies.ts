import type { IntegrityPolicy, ProjectSpec } from '../../../api/schemas/project.ts';
import { formatTable } from '../../../output/table.ts';
import type { FlagSet } from '../../../program/definition.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { general } from '../edit-project.ts';

export const policyFlags = {
  'repo-url': { kind: 'list', commas: true, describe: 'Repositories that it is for, as globs' },
  'gpg-mode': { kind: 'text', describe: 'none, head or strict' },
  'gpg-key': { kind: 'list', commas: true, describe: 'Ids of the keys that commits may be signed with' },
} as const satisfies FlagSet;

export const yesFlag = { kind: 'switch', short: 'y', describe: "Don't ask" } as const;

export const policiesOf = (spec: ProjectSpec): readonly IntegrityPolicy[] =>
  spec.sourceIntegrity?.git?.policies ?? [];

export const withPolicies = (spec: ProjectSpec, policies: readonly IntegrityPolicy[]): ProjectSpec => ({
  ...spec,
  sourceIntegrity: {
    ...spec.sourceIntegrity,
    git: { ...spec.sourceIntegrity?.git, policies: [...policies] },
  },
});

/** The place of a policy in the list. */
export function placeOf(policies: readonly IntegrityPolicy[], id: string): number {
  const at = /^\d+$/.test(id) ? Number(id) : -1;
  if (policies[at] !== undefined) return at;
  throw general(`policy with id '${id}' not found`);
}

export const formatPolicies = (policies: readonly IntegrityPolicy[]): string =>
  formatTable([
    ['ID', 'GPG-MODE', 'GPG-KEYS', 'REPO-URLS'],
    ...policies.map(({ repos, gpg }, id) => [
      String(id),
      gpg?.mode ?? '',
      (gpg?.keys ?? []).join(', '),
      (repos ?? []).map(({ url }) => url ?? '').join(', '),
    ]),
  ]);

/** Warns of keys that the server cannot check signatures with. */
export async function warnOfUnknownKeys(
  { connect, err }: Invocation,
  keys: readonly string[],
): Promise<void> {
  const known = await (await connect()).projects.signingKeys();
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    err.line(`Warning: Following GPG keys are not in repo-server keyring: ${unknown.join(', ')}`);
  }
}

/** True where the user agrees, or has said so before. */
export const isAgreed = async (
  { prompter, out }: Invocation,
  { yes, question }: { readonly yes: boolean; readonly question: string },
): Promise<boolean> => {
  if (yes) return true;
  out.write(`${question} [y/N] `);
  return /^y(es)?$/i.test((await prompter.ask('')).trim());
};
