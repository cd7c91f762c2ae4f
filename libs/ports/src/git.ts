import type { Repository } from '@tiphys/model';
import type { SignatureDepth, SignedRevision } from '@tiphys/project-policy';

export interface GitRefs {
  /** Full SHA that HEAD points to; '' in an empty repository. */
  readonly head: string;
  readonly branches: Readonly<Record<string, string>>;
  /** Tags, peeled to their commits. */
  readonly tags: Readonly<Record<string, string>>;
  /** Every ref by its full name, `HEAD` among them, peeled. */
  readonly all: Readonly<Record<string, string>>;
}

/** A revision as a user writes it. */
export interface RevisionQuery {
  /** Branch, tag, `HEAD`, full or short SHA, `refs/...`, or a semver range over the tags; '' means HEAD. */
  readonly revision: string;
  /** Only tags that start with it count, and only what follows is read as a version. */
  readonly tagPrefix?: string;
  readonly maxAgeMs: number;
}

export interface TreeEntry {
  /** Path from the tree's root. */
  readonly path: string;
  readonly mode: 'file' | 'executable' | 'symlink' | 'directory' | 'submodule';
  /** Object id. */
  readonly id: string;
}

/** Reads git repositories. One bare mirror a repository; parallel callers share one network operation. */
export interface GitSource {
  /** `maxAgeMs` 0 asks the remote now; a larger one takes an answer at most that old. */
  refs(repository: Repository, maxAgeMs: number): Promise<GitRefs>;
  /** Full SHA behind a revision. `not-found` where nothing has that name. */
  resolve(repository: Repository, query: RevisionQuery): Promise<string>;
  /** Makes sure a commit is in the mirror. */
  fetch(repository: Repository, sha: string): Promise<void>;
  /**
   * What a path of a commit leads to, symlinks inside the repository followed. `not-found` where there is nothing,
   * `invalid` where it leads out of the repository. The entry's path is the real one.
   */
  find(repository: Repository, sha: string, path: string): Promise<TreeEntry>;
  /** All entries below a tree, or those at its top only. */
  listTree(
    repository: Repository,
    treeId: string,
    options?: { readonly recursive?: boolean },
  ): Promise<readonly TreeEntry[]>;
  /** Contents of blobs, in the order asked. */
  readBlobs(repository: Repository, ids: readonly string[]): Promise<readonly Uint8Array[]>;
  /** Writes a tree into `directory` (created by the caller), symlinks as symlinks, no .git. */
  exportTree(repository: Repository, treeId: string, directory: string): Promise<void>;
  commitInfo(
    repository: Repository,
    sha: string,
  ): Promise<{ readonly author: string; readonly date: string; readonly message: string }>;
}

export interface SignatureQuery {
  /** Full SHA of a commit. */
  readonly sha: string;
  /** Name of the tag by which the commit was asked for; it counts where it is annotated and stands for that commit. */
  readonly tag?: string;
  /** `strict` goes back through the history, in each line to the last commit with a trailer `Argocd-gpg-seal`. */
  readonly depth: SignatureDepth;
  /** Directory of a GnuPG keyring with the keys that are trusted. */
  readonly keyring: string;
}

/** Tells how commits and tags are signed. */
export interface SignatureSource {
  /**
   * Every commit and tag that a query is about: with `head` the annotated tag, else the commit; with `strict` both and
   * what came before. Errors: those of `fetch`; `failed-precondition` where the history is cut off or too long.
   */
  signatures(repository: Repository, query: SignatureQuery): Promise<readonly SignedRevision[]>;
}

/** The keys that signatures are checked with. */
export interface Keyring {
  /** The keys as they are now: a name for exactly these, and the directory that holds them. */
  current(): Promise<{ readonly id: string; readonly home: string }>;
}
