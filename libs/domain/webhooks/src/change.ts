/** What a webhook says has changed. */
export type Change = GitChange | ArtifactChange;

/** A branch or a tag of a git repository points to something else, or is gone. */
export interface GitChange {
  readonly kind: 'git';
  /** Addresses of the repository, as its provider spells them. */
  readonly repoUrls: readonly string[];
  /** Name of the branch or tag. */
  readonly revision: string;
  /** True where the default branch has moved, or may have. */
  readonly touchesHead: boolean;
  /** From the root of the repository; undefined where nobody told, or not all of them: any file may have changed. */
  readonly files: readonly string[] | undefined;
}

/** A tag of an artifact in a registry was pushed. */
export interface ArtifactChange {
  readonly kind: 'artifact';
  /** `registry/owner/name` */
  readonly repository: string;
  readonly tag: string;
}

/** The name of a ref: what follows `refs/heads/` or `refs/tags/`. */
export const refName = (ref: string): string => ref.replace(/^refs\/[^/]+\//u, '');

/** A list longer than this counts as not told. */
const MAX_FILES = 20_000;

/** Each file once; undefined where there are none, as a push always changes something, or too many to keep. */
export function toldFiles(files: Iterable<string>): readonly string[] | undefined {
  const unique = new Set<string>();
  for (const file of files) {
    unique.add(file);
    if (unique.size > MAX_FILES) return undefined;
  }
  return unique.size === 0 ? undefined : [...unique];
}

/** What two changes with the same key amount to. */
export function merged(left: Change, right: Change): Change {
  if (left.kind !== 'git' || right.kind !== 'git') return right;
  const known = left.files !== undefined && right.files !== undefined;
  return {
    ...right,
    touchesHead: left.touchesHead || right.touchesHead,
    files: known ? toldFiles([...(left.files ?? []), ...(right.files ?? [])]) : undefined,
  };
}

/** Equal for changes that `merged` may join. */
export const keyOf = (change: Change): string =>
  change.kind === 'git'
    ? JSON.stringify([change.kind, change.repoUrls, change.revision])
    : JSON.stringify([change.kind, change.repository, change.tag]);
