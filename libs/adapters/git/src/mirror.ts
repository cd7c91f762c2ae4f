import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, TiphysError, type Repository } from '@tiphys/model';
import type { CommandRunner } from '@tiphys/ports';
import type { GitNetwork } from './network.ts';
import { commitsToSeals, HISTORY_FORMAT, parseHistory, shallowCommits } from './history.ts';
import { baseSettings, QUIET_ENVIRONMENT, settingsEnvironment } from './settings.ts';
import { Turns } from './single-flight.ts';

/** One ref a fetched commit: proof that all of it arrived, and what the next fetch builds on. */
const KEPT = 'refs/tiphys/';
/** Where tags are kept that were fetched. */
const FETCHED_TAGS = 'refs/remote/tags/';
/** How the name of a mirror begins that is still being made. */
export const UNFINISHED = 'new-';
/** Git's own number for "all of the history". */
const WHOLE_HISTORY = 2_147_483_647;

export type Observe = (operation: () => Promise<void>) => Promise<void>;

export interface MirrorOptions {
  readonly directory: string;
  readonly runner: CommandRunner;
  readonly network: GitNetwork;
  /** Commits kept; after as many fetches the older ones go. */
  readonly keptCommits: number;
}

/** A bare repository on disk that holds what was fetched with one login. Writers take turns; readers need none. */
export class Mirror {
  readonly directory: string;
  readonly #runner: CommandRunner;
  readonly #network: GitNetwork;
  readonly #keptCommits: number;
  readonly #turns = new Turns();
  /** Complete commits, the least recently wanted first. */
  readonly #complete = new Set<string>();
  #ready: Promise<void> | undefined;
  #fetches = 0;

  constructor(options: MirrorOptions) {
    this.directory = options.directory;
    this.#runner = options.runner;
    this.#network = options.network;
    this.#keptCommits = options.keptCommits;
  }

  /** True when a commit and all of its files are known to be here. */
  holds(sha: string): boolean {
    return this.#touch(sha);
  }

  /** Makes sure that a commit and all of its files are here; `observe` wraps the network operation. */
  async ensure(repository: Repository, sha: string, observe: Observe): Promise<void> {
    await this.#turns.take(async () => {
      await this.#open();
      if (this.#touch(sha)) return;
      await observe(() => this.#fetch(repository, sha));
      this.#complete.add(sha);
      await this.#clean();
    });
  }

  /** Fetches all branches and tags with their history and gives the commits that a short SHA may mean. */
  async findCommits(repository: Repository, shortSha: string, observe: Observe): Promise<readonly string[]> {
    return this.#turns.take(async () => {
      await this.#open();
      await observe(() => this.#fetchAll(repository));
      const out = await this.#git(['rev-parse', `--disambiguate=${shortSha}`]);
      const kinds = await this.#git(['cat-file', '--batch-check=%(objectname) %(objecttype)'], `${out}\n`);
      const commits = kinds
        .split('\n')
        .filter((line) => line.endsWith(' commit'))
        .map((line) => line.split(' ')[0] ?? '');
      await Promise.all(commits.map((sha) => this.#keep(sha)));
      return commits;
    });
  }

  /**
   * The commits whose signatures vouch for a commit, see `commitsToSeals`. The history is fetched where it is not here;
   * nobody else fetches meanwhile, as that could cut it off again.
   */
  async vouchers(repository: Repository, sha: string, observe: Observe): Promise<readonly string[]> {
    return this.#turns.take(async () => {
      await this.#open();
      const here = await this.#commitsToSeals(sha);
      if (here !== undefined) return here;
      await observe(() => this.#fetch(repository, sha, WHOLE_HISTORY));
      const fetched = await this.#commitsToSeals(sha);
      if (fetched !== undefined) return fetched;
      throw new TiphysError(
        'failed-precondition',
        `the repository does not give all of the history of ${sha}`,
      );
    });
  }

  /** Fetches a tag as it is now and gives its full name here; undefined where it is not annotated or of another commit. */
  async annotatedTag(
    repository: Repository,
    { name, sha }: { readonly name: string; readonly sha: string },
    observe: Observe,
  ): Promise<string | undefined> {
    const ref = `${FETCHED_TAGS}${name}`;
    return this.#turns.take(async () => {
      await this.#open();
      const refspecs = [`+refs/tags/${name}:${ref}`];
      const fetch = () => this.#network.fetch(repository, { mirror: this.directory, refspecs, depth: 1 });
      await observe(() => this.#guarded(fetch));
      if ((await this.#git(['cat-file', '-t', ref])) !== 'tag') return undefined;
      return (await this.#git(['rev-parse', '--verify', `${ref}^{commit}`])) === sha ? ref : undefined;
    });
  }

  /** Removes everything; the next use starts from nothing. */
  async discard(): Promise<void> {
    await this.#turns.take(async () => {
      this.#complete.clear();
      this.#ready = undefined;
      await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  #touch(sha: string): boolean {
    if (!this.#complete.delete(sha)) return false;
    this.#complete.add(sha);
    return true;
  }

  async #fetch(repository: Repository, sha: string, wanted?: number): Promise<void> {
    this.#fetches += 1;
    const depth = wanted ?? Math.max(1, repository.depth ?? 1);
    try {
      await this.#guarded(() =>
        this.#network.fetch(repository, {
          mirror: this.directory,
          refspecs: [`+${sha}:${KEPT}${sha}`],
          depth,
        }),
      );
    } catch (error) {
      if (!servesNoSingleCommits(error)) throw error;
      await this.#fetchAll(repository);
      await this.#keep(sha);
    }
  }

  async #commitsToSeals(sha: string): Promise<readonly string[] | undefined> {
    const output = await this.#git(['log', HISTORY_FORMAT, sha]);
    return commitsToSeals(sha, parseHistory(output), await shallowCommits(this.directory));
  }

  #fetchAll(repository: Repository): Promise<void> {
    return this.#guarded(() =>
      this.#network.fetch(repository, {
        mirror: this.directory,
        refspecs: ['+refs/heads/*:refs/remote/heads/*', `+refs/tags/*:${FETCHED_TAGS}*`],
        depth: WHOLE_HISTORY,
      }),
    );
  }

  /** A command that was killed leaves locks and half packs behind; they go, so that the next one is not stopped by them. */
  async #guarded(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      await removeLeftovers(this.directory);
      throw error;
    }
  }

  async #keep(sha: string): Promise<void> {
    try {
      await this.#git(['update-ref', '--', `${KEPT}${sha}`, sha]);
      this.#complete.add(sha);
    } catch (cause) {
      throw new TiphysError('not-found', `the repository has no commit ${sha}`, { cause });
    }
  }

  #open(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #prepare(): Promise<void> {
    if (await exists(join(this.directory, 'HEAD'))) {
      await removeLeftovers(this.directory);
      const refs = await this.#git(['for-each-ref', '--format=%(refname)', KEPT]);
      for (const ref of refs.split('\n')) if (ref !== '') this.#complete.add(ref.slice(KEPT.length));
      return;
    }
    const parent = dirname(this.directory);
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const fresh = await mkdtemp(join(parent, UNFINISHED));
    await this.#run(['init', '--bare', '--quiet', '--template=', '--initial-branch=main', '--', fresh]);
    await rename(fresh, this.directory);
  }

  /** Leaves the commits that were wanted last, packed. Readers go on: what they need is in the packs. */
  async #clean(): Promise<void> {
    if (this.#fetches < this.#keptCommits) return;
    this.#fetches = 0;
    const old = [...this.#complete].slice(0, -this.#keptCommits);
    for (const sha of old) this.#complete.delete(sha);
    await this.#git(['update-ref', '--stdin'], old.map((sha) => `delete ${KEPT}${sha}\n`).join(''));
    await this.#git(['repack', '-a', '-d', '-q']);
    await this.#git(['prune', '--expire=now']);
  }

  #git(args: readonly string[], stdin?: string): Promise<string> {
    return this.#run(['--git-dir', this.directory, ...args], stdin);
  }

  async #run(args: readonly string[], stdin?: string): Promise<string> {
    const env = { ...QUIET_ENVIRONMENT, ...settingsEnvironment(baseSettings(undefined)) };
    const command = { program: 'git', args, env, ...(stdin === undefined ? {} : { stdin }) };
    return Buffer.from((await this.#runner.run(command)).stdout)
      .toString()
      .trim();
  }
}

const NO_SINGLE_COMMITS = /unadvertised object|dumb http transport|does not support shallow/i;

const servesNoSingleCommits = (error: unknown): boolean => {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return NO_SINGLE_COMMITS.test(`${messageOf(error)} ${messageOf(cause)}`);
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const LEFTOVER = /\.lock$|^tmp_/;

async function removeLeftovers(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const found = entries.filter((entry) => LEFTOVER.test(entry.slice(entry.lastIndexOf('/') + 1)));
  await Promise.all(found.map((entry) => rm(join(directory, entry), { recursive: true, force: true })));
}
