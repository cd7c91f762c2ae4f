import {
  TiphysError,
  type ApplicationSource,
  type AppProjectSpec,
  type GitIntegrityPolicy,
} from '@tiphys/model';
import { isNegated, withoutNegation } from './glob.ts';
import { isRepoMatched } from './sources.ts';

/** How much of a git history has to be signed: what the revision names, or all that came before it as well. */
export type SignatureDepth = 'head' | 'strict';

/** What a source must prove before it is rendered. */
export interface SignatureDemand {
  readonly depth: SignatureDepth;
  /** Long ids (16 hex digits, upper case) of the keys of which one must have signed. */
  readonly keys: readonly string[];
}

/** How one commit or tag is signed, as GnuPG judges it. */
export const SIGNATURE_VERDICTS = [
  'signed',
  'unsigned',
  'bad signature',
  'expired signature',
  'signed with expired key',
  'signed with revoked key',
  'signed with untrusted key',
  'signed with key not in keyring',
] as const;
export type SignatureVerdict = (typeof SIGNATURE_VERDICTS)[number];

/** A commit or an annotated tag and its signature. */
export interface SignedRevision {
  /** Full SHA, or the name of a tag. */
  readonly revision: string;
  /** True for a tag. */
  readonly isTag: boolean;
  /** `Name <address>`. */
  readonly author: string;
  readonly verdict: SignatureVerdict;
  /** Long id; empty where there is no signature. */
  readonly keyId: string;
  /** Long id of the primary key where a subkey signed; a project may name either. */
  readonly primaryKeyId?: string;
}

/** A check by this name is shown in front of its problems. */
export const GIT_GPG = 'GIT/GPG';
const MAX_PROBLEMS = 10;

/**
 * What a project asks of a source, or undefined for nothing. The policy that names the repository decides;
 * `signatureKeys` ask for a signed head of every repository where there are no policies. A mode that is not known asks
 * for the most. Policies are about git: charts and OCI artifacts are not asked for signatures. Errors:
 * `failed-precondition` where several policies name the repository, as nobody knows which was meant.
 */
export function signatureDemandOf(
  project: AppProjectSpec,
  { repoURL, chart }: Pick<ApplicationSource, 'repoURL' | 'chart'>,
): SignatureDemand | undefined {
  if ((chart !== undefined && chart !== '') || repoURL.startsWith('oci://')) return undefined;
  const [policy, ...others] = policiesOf(project).filter(({ repos }) => namesRepository(repos, repoURL));
  if (others.length > 0) {
    throw new TiphysError(
      'failed-precondition',
      `multiple (${others.length + 1}) git source integrity policies found for repo URL: ${repoURL}`,
    );
  }
  if (policy === undefined || policy.gpg.mode === 'none') return undefined;
  return {
    depth: policy.gpg.mode === 'head' ? 'head' : 'strict',
    keys: policy.gpg.keys.map(longKeyId).filter((key) => key !== undefined),
  };
}

function policiesOf(project: AppProjectSpec): readonly GitIntegrityPolicy[] {
  if (project.sourceIntegrity !== undefined) return project.sourceIntegrity.git?.policies ?? [];
  const keys = (project.signatureKeys ?? []).map(({ keyID }) => keyID);
  return keys.length === 0 ? [] : [{ repos: [{ url: '*' }], gpg: { mode: 'head', keys } }];
}

function namesRepository(repos: GitIntegrityPolicy['repos'], repoURL: string): boolean {
  const hits = (url: string): boolean => isRepoMatched(withoutNegation(url), repoURL);
  if (repos.some(({ url }) => isNegated(url) && hits(url))) return false;
  return repos.some(({ url }) => !isNegated(url) && hits(url));
}

/** The long id of a key given as long id or fingerprint, with or without `0x`; undefined for anything else. */
export function longKeyId(key: string): string | undefined {
  const hex = key.trim().replace(/^0x/iu, '').toUpperCase();
  return /^(?:[0-9A-F]{16}|[0-9A-F]{40}|[0-9A-F]{64})$/u.test(hex) ? hex.slice(-16) : undefined;
}

/**
 * Why revisions do not meet a demand, at most ten problems in the order given; empty where they do. Further commits of
 * a key that was complained of already say nothing new and are left out.
 */
export function signatureProblems(
  { keys }: SignatureDemand,
  revisions: readonly SignedRevision[],
): readonly string[] {
  const complained = new Set<string>();
  const problems: string[] = [];
  for (const revision of revisions) {
    const problem = problemOf(keys, revision);
    if (problem === undefined) continue;
    if (!revision.isTag && revision.keyId !== '') {
      if (complained.has(revision.keyId)) continue;
      complained.add(revision.keyId);
    }
    problems.push(problem);
    if (problems.length === MAX_PROBLEMS) break;
  }
  return problems;
}

function problemOf(
  keys: readonly string[],
  { revision, author, verdict, keyId, primaryKeyId = keyId }: SignedRevision,
): string | undefined {
  const isNamed = [keyId, primaryKeyId].some((id) => keys.includes(longKeyId(id) ?? ''));
  const isAllowed = verdict === 'signed' && isNamed;
  const reason = verdict === 'signed' ? 'signed with unallowed key' : verdict;
  return isAllowed
    ? undefined
    : `Failed verifying revision ${revision} by '${author}': ${reason} (key_id=${keyId})`;
}

/** Names the check, and which of several sources it was, in front of a problem. */
export function integrityMessage(
  problem: string,
  source: { readonly name: string; readonly index: number; readonly count: number },
): string {
  if (source.count === 1) return `${GIT_GPG}: ${problem}`;
  const which = source.name === '' ? `${source.index + 1} of ${source.count}` : source.name;
  return `${GIT_GPG}: source ${which}: ${problem}`;
}
