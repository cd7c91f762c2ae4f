import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { hasCode, TiphysError, type Repository } from '@tiphys/model';
import type {
  CommandRunner,
  CommandStarter,
  GitRefs,
  GitSource,
  RevisionQuery,
  SignatureQuery,
  SignatureSource,
  TreeEntry,
} from '@tiphys/ports';
import type { SignedRevision } from '@tiphys/project-policy';
import { parseAddress } from './address.ts';
import { parseCommit, type CommitInfo } from './commit.ts';
import { writeTree } from './export.ts';
import type { Observe } from './mirror.ts';
import { identityOf, Mirrors, tidyMirrors } from './mirrors.ts';
import type { CloudLogins } from './login/logins.ts';
import { GitNetwork } from './network.ts';
import { ObjectStore } from './object-store.ts';
import { ReaderPool } from './reader-pool.ts';
import { RefsCache } from './refs-cache.ts';
import { Signatures } from './signatures.ts';
import { assertRevision, isFullSha, isShortSha, resolveAmong, type VersionPicker } from './resolve.ts';

export interface GitRequestEvent {
  readonly kind: 'ls-remote' | 'fetch';
  /** Its URL, without a user. */
  readonly repository: string;
  /** Commit that was fetched; '' where refs were listed. */
  readonly revision: string;
  readonly seconds: number;
  readonly failed: boolean;
}

export interface GitSourceOptions {
  readonly runner: CommandRunner & CommandStarter;
  /** Absolute, of this process alone; mirrors in it are taken over at the next start. */
  readonly directory: string;
  /** Picks the highest tag of a semver range. */
  readonly versions: VersionPicker;
  /** Exchanges proofs for logins; without it repositories that need that are refused. */
  readonly logins?: CloudLogins;
  /** Milliseconds for listing refs. Default 15 000. */
  readonly refsTimeoutMs?: number;
  /** Milliseconds for a fetch. Default 90 000. */
  readonly fetchTimeoutMs?: number;
  /** Mirrors kept on disk. Default 200. */
  readonly mirrors?: number;
  /** Commits that a mirror keeps, the last wanted ones. Default 100. */
  readonly keptCommits?: number;
  /** Reading processes kept alive. Default 16. */
  readonly readers?: number;
  /** Bytes of the largest file that is read. Default 64 MiB. */
  readonly maxFileBytes?: number;
  /** Bytes of the largest tree that is exported. Default 1 GiB. */
  readonly maxTreeBytes?: number;
  /** Called after each network operation. */
  readonly onRequest?: (event: GitRequestEvent) => void;
  readonly now?: () => number;
}

export interface GitAdapter extends GitSource, SignatureSource {
  /** Ends the reading processes. */
  close(): Promise<void>;
}

/** Names of tags that can be asked for one by one. */
const TAG_NAME = /^[\w][\w./+@-]{0,200}$/u;
const TAGS_MAX_AGE_MS = 60_000;
const DEFAULT_MIRRORS = 200;
const MIB = 1024 * 1024;

/** Reads git repositories through the git binary. See GitSource for its contract. Submodules come as empty directories. */
export async function createGitSource(options: GitSourceOptions): Promise<GitAdapter> {
  if (!isAbsolute(options.directory) || !/^[A-Za-z0-9/._+-]+$/.test(options.directory)) {
    throw new TiphysError('invalid', 'the work directory must be an absolute path of plain characters');
  }
  await assertVersion(options.runner);
  const logins = join(options.directory, 'logins');
  await rm(logins, { recursive: true, force: true });
  await tidyMirrors(join(options.directory, 'mirrors'), options.mirrors ?? DEFAULT_MIRRORS);
  await mkdir(logins, { recursive: true, mode: 0o700 });
  return new MirroredGit(options, logins);
}

/** `cat-file --batch-command` came with git 2.36. */
async function assertVersion(runner: CommandRunner): Promise<void> {
  const { stdout } = await runner.run({ program: 'git', args: ['version'] });
  const version = Buffer.from(stdout).toString();
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 36)) return;
  throw new TiphysError('failed-precondition', `git 2.36 or newer is needed, this is ${version.trim()}`);
}

class MirroredGit implements GitAdapter {
  readonly #network: GitNetwork;
  readonly #readers: ReaderPool;
  readonly #mirrors: Mirrors;
  readonly #objects: ObjectStore;
  readonly #refs: RefsCache;
  readonly #options: GitSourceOptions;
  readonly #now: () => number;

  constructor(options: GitSourceOptions, logins: string) {
    const { runner } = options;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#network = new GitNetwork({
      runner,
      directory: logins,
      refsTimeoutMs: options.refsTimeoutMs ?? 15_000,
      fetchTimeoutMs: options.fetchTimeoutMs ?? 90_000,
      logins: options.logins,
    });
    this.#readers = new ReaderPool(runner, {
      processes: options.readers ?? 16,
      maxBytes: options.maxFileBytes ?? 64 * MIB,
    });
    this.#mirrors = new Mirrors({
      directory: join(options.directory, 'mirrors'),
      runner,
      network: this.#network,
      readers: this.#readers,
      limit: options.mirrors ?? DEFAULT_MIRRORS,
      keptCommits: options.keptCommits ?? 100,
    });
    this.#objects = new ObjectStore(this.#readers);
    this.#refs = new RefsCache(this.#now);
  }

  refs(repository: Repository, maxAgeMs: number): Promise<GitRefs> {
    return this.#refs.get(identityOf(repository), maxAgeMs, () =>
      this.#observed('ls-remote', { repository, sha: '' }, () => this.#network.refs(repository)),
    );
  }

  async resolve(repository: Repository, query: RevisionQuery): Promise<string> {
    const { revision } = query;
    assertRevision(revision);
    if (isFullSha(revision)) return revision;
    const refs = await this.refs(repository, query.maxAgeMs);
    const found = await resolveAmong(refs, revision, {
      versions: this.#options.versions,
      tagPrefix: query.tagPrefix,
    });
    const sha =
      found ?? (isShortSha(revision) ? await this.#findShort(repository, refs, revision) : undefined);
    if (sha === undefined) throw unresolved(repository, revision, refs);
    return sha;
  }

  async fetch(repository: Repository, sha: string): Promise<void> {
    if (!isFullSha(sha)) throw new TiphysError('invalid', `${JSON.stringify(sha)} is not a full commit SHA`);
    const mirror = this.#mirrors.of(repository);
    if (mirror.holds(sha)) return;
    await mirror.ensure(repository, sha, (task) => this.#observed('fetch', { repository, sha }, task));
  }

  find(repository: Repository, sha: string, path: string): Promise<TreeEntry> {
    return this.#reading(repository, (mirror) => this.#objects.find(mirror, sha, path));
  }

  listTree(
    repository: Repository,
    treeId: string,
    options: { readonly recursive?: boolean } = {},
  ): Promise<readonly TreeEntry[]> {
    return this.#reading(repository, (mirror) =>
      options.recursive === false
        ? this.#objects.listTop(mirror, treeId)
        : this.#objects.list(mirror, treeId),
    );
  }

  readBlobs(repository: Repository, ids: readonly string[]): Promise<readonly Uint8Array[]> {
    return this.#reading(repository, (mirror) => this.#objects.blobs(mirror, ids));
  }

  exportTree(repository: Repository, treeId: string, directory: string): Promise<void> {
    return this.#reading(repository, async (mirror) => {
      await writeTree(directory, {
        entries: await this.#objects.list(mirror, treeId),
        read: (ids) => this.#objects.blobs(mirror, ids),
        maxBytes: this.#options.maxTreeBytes ?? 1024 * MIB,
      });
    });
  }

  commitInfo(repository: Repository, sha: string): Promise<CommitInfo> {
    return this.#reading(repository, async (mirror) => parseCommit(await this.#objects.commit(mirror, sha)));
  }

  async signatures(
    repository: Repository,
    { sha, tag, depth, keyring }: SignatureQuery,
  ): Promise<readonly SignedRevision[]> {
    await this.fetch(repository, sha);
    const mirror = this.#mirrors.of(repository);
    const observe: Observe = (task) => this.#observed('fetch', { repository, sha }, task);
    const name = await this.#tagOf(repository, { tag, sha });
    const ref = name && (await mirror.annotatedTag(repository, { name, sha }, observe));
    const strict = depth === 'strict' ? await mirror.vouchers(repository, sha, observe) : [];
    return this.#reading(repository, async (directory) => {
      const signatures = new Signatures(this.#options.runner, directory, keyring);
      const tags = ref === undefined ? [] : [await signatures.tag(ref, name ?? '')];
      return [...tags, ...(await signatures.commits(tags.length === 0 && depth === 'head' ? [sha] : strict))];
    });
  }

  /** The tag where the remote has one of that name for that commit. What is signed then is looked at anew. */
  async #tagOf(
    repository: Repository,
    { tag, sha }: Pick<SignatureQuery, 'sha'> & { readonly tag: string | undefined },
  ): Promise<string | undefined> {
    if (tag === undefined || !TAG_NAME.test(tag)) return undefined;
    const { tags } = await this.refs(repository, TAGS_MAX_AGE_MS);
    return tags[tag] === sha ? tag : undefined;
  }

  close(): Promise<void> {
    return this.#readers.close();
  }

  async #findShort(repository: Repository, refs: GitRefs, short: string): Promise<string | undefined> {
    const tips = new Set(Object.values(refs.all).filter((sha) => sha.startsWith(short)));
    const commits =
      tips.size > 0
        ? [...tips]
        : await this.#mirrors
            .of(repository)
            .findCommits(repository, short, (task) =>
              this.#observed('fetch', { repository, sha: short }, task),
            );
    if (commits.length > 1) {
      throw new TiphysError('invalid', `${short} is the beginning of several commits; write more of it`);
    }
    return commits[0];
  }

  /** Reads from the mirror. One that has lost objects is thrown away, so that the next fetch starts anew. */
  async #reading<T>(repository: Repository, task: (mirror: string) => Promise<T>): Promise<T> {
    try {
      return await task(this.#mirrors.of(repository).directory);
    } catch (error) {
      if (!hasCode(error, 'internal')) throw error;
      await this.#mirrors.discard(repository);
      const { display } = parseAddress(repository.url);
      throw new TiphysError(
        'unavailable',
        `the copy of ${display} was damaged and is fetched anew; try again`,
        {
          cause: error,
        },
      );
    }
  }

  async #observed<T>(
    kind: GitRequestEvent['kind'],
    { repository, sha }: { readonly repository: Repository; readonly sha: string },
    task: () => Promise<T>,
  ): Promise<T> {
    const start = performance.now();
    const report = (failed: boolean): void =>
      this.#options.onRequest?.({
        kind,
        repository: parseAddress(repository.url).display,
        revision: sha,
        seconds: (performance.now() - start) / 1000,
        failed,
      });
    try {
      const result = await task();
      report(false);
      return result;
    } catch (error) {
      report(true);
      throw error;
    }
  }
}

function unresolved(repository: Repository, revision: string, refs: GitRefs): TiphysError {
  const { display } = parseAddress(repository.url);
  if (Object.keys(refs.all).length === 0) {
    return new TiphysError('not-found', `${display} is empty: it has no commit yet`);
  }
  const name = revision === '' ? 'HEAD' : revision;
  return new TiphysError('not-found', `unable to resolve '${name}' to a commit SHA in ${display}`);
}
