import { LRUCache } from 'lru-cache';
import { identityOf } from '@tiphys/adapter-git';
import { signatureProblems, type SignatureDemand, type SignedRevision } from '@tiphys/project-policy';
import type {
  Keyring,
  RenderSource,
  RevisionSignature,
  SignatureProblem,
  SignatureSource,
} from '@tiphys/ports';
import { isArtifact } from '../artifacts.ts';

/** Keys expire and tags move: what was found is asked again after this. */
const FRESH_MS = 60_000;
const MAX_KNOWN = 5_000;

export interface IntegrityServiceOptions {
  readonly git: SignatureSource;
  readonly keyring: Keyring;
  /** False where GnuPG is switched off: no demand is met then. */
  readonly isEnabled: boolean;
}

/** A source at the very revision that is rendered. */
export interface VerifiedSource extends RenderSource {
  readonly revision: string;
}

/** Says whether what is rendered is signed as its project demands. Nothing else makes a demand met. */
export class IntegrityService {
  readonly #options: IntegrityServiceOptions;
  readonly #known = new LRUCache<string, Promise<readonly string[]>>({ max: MAX_KNOWN, ttl: FRESH_MS });

  constructor(options: IntegrityServiceOptions) {
    this.#options = options;
  }

  /** Why a source does not meet its demand; empty where it does, or makes none. */
  async problemsOf(source: VerifiedSource, { isFresh = false } = {}): Promise<readonly string[]> {
    const { signature, revision, repository } = source;
    if (signature === undefined) return [];
    if (isArtifact(source.source, repository))
      return [
        `Failed verifying revision ${revision}: only sources in git can be signed, and a signature is required`,
      ];
    if (!this.#options.isEnabled)
      return [`Failed verifying revision ${revision}: GnuPG is switched off, and a signature is required`];
    return this.#checked(source, signature, isFresh);
  }

  /** How a revision is signed, and where that does not meet its demand; undefined where it makes none. */
  async signatureOf(source: VerifiedSource): Promise<RevisionSignature | undefined> {
    if (source.signature === undefined) return undefined;
    const problems = await this.problemsOf(source);
    if (!this.#options.isEnabled || isArtifact(source.source, source.repository))
      return { info: '', problems };
    const { git, keyring } = this.#options;
    const { home } = await keyring.current();
    const [found] = await git.signatures(source.repository, {
      sha: source.revision,
      depth: 'head',
      keyring: home,
    });
    return { info: found === undefined ? '' : signatureText(found), problems };
  }

  /** The problems of a rendered source and of those whose files it used, by the name of their `ref`. */
  async problemsOfAll(
    sources: Readonly<Record<string, VerifiedSource>>,
    how: { readonly isFresh: boolean },
  ): Promise<readonly SignatureProblem[]> {
    const all = await Promise.all(
      Object.entries(sources).map(async ([ref, source]) =>
        (await this.problemsOf(source, how)).map((problem) => ({ ref, problem })),
      ),
    );
    return all.flat();
  }

  async #checked(
    { source, repository, revision }: VerifiedSource,
    demand: SignatureDemand,
    isFresh: boolean,
  ): Promise<readonly string[]> {
    const { git, keyring } = this.#options;
    const { id, home } = await keyring.current();
    const tag = tagIn(source.targetRevision ?? '');
    const key = JSON.stringify([identityOf(repository), revision, tag, demand, id]);
    const known = isFresh ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const query = { sha: revision, depth: demand.depth, keyring: home, ...(tag === '' ? {} : { tag }) };
    const problems = git
      .signatures(repository, query)
      .then((revisions) => signatureProblems(demand, revisions));
    this.#known.set(key, problems);
    problems.catch(() => this.#known.delete(key));
    return problems;
  }
}

/** The tag that a revision may name. */
const tagIn = (revision: string): string => {
  const name = revision.replace(/^refs\/tags\//u, '');
  return name === 'HEAD' || name.startsWith('refs/') || /^[0-9a-f]{40}$/u.test(name) ? '' : name;
};

/** One line about a signature, such as `Good signature from key 4AEE18F83AFDEB23`. */
function signatureText({ verdict, keyId }: SignedRevision): string {
  if (verdict === 'unsigned') return 'Unsigned';
  if (verdict === 'signed') return `Good signature from key ${keyId}`;
  return `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)} (key ${keyId})`;
}
