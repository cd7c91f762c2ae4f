import { hasCode, TiphysError, type Repository } from '@tiphys/model';
import type { CommandRunner, GitRefs } from '@tiphys/ports';
import { withAccess } from './access.ts';
import { parseAddress } from './address.ts';
import { explain } from './errors.ts';
import { assertHarmless } from './guard.ts';
import type { CloudLogins } from './login/logins.ts';
import { parseRefs } from './refs.ts';

export interface NetworkOptions {
  readonly runner: CommandRunner;
  /** For the files of a login. */
  readonly directory: string;
  /** Milliseconds for `ls-remote`. */
  readonly refsTimeoutMs: number;
  /** Milliseconds for a fetch. */
  readonly fetchTimeoutMs: number;
  /** Exchanges proofs for logins. */
  readonly logins?: CloudLogins | undefined;
}

export interface FetchOptions {
  /** Bare repository that receives. */
  readonly mirror: string;
  /** `+<what>:<where>` */
  readonly refspecs: readonly string[];
  /** Commits of history; absent: all of it. */
  readonly depth?: number;
}

/** The git commands that talk to a remote. */
export class GitNetwork {
  readonly #options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  async refs(repository: Repository): Promise<GitRefs> {
    const stdout = await this.#run(repository, {
      action: 'listing the refs of',
      timeoutMs: this.#options.refsTimeoutMs,
      args: (url) => ['ls-remote', '--quiet', '--', url],
    });
    return parseRefs(Buffer.from(stdout).toString());
  }

  async fetch(repository: Repository, options: FetchOptions): Promise<void> {
    const flags = ['--quiet', '--no-tags', '--no-auto-gc', '--no-write-fetch-head', '--force'];
    if (options.depth !== undefined) flags.push(`--depth=${options.depth}`);
    await this.#run(repository, {
      action: 'fetching from',
      timeoutMs: this.#options.fetchTimeoutMs,
      args: (url) => ['--git-dir', options.mirror, 'fetch', ...flags, '--', url, ...options.refspecs],
    });
  }

  /** A token that was taken back before its end is exchanged for a new one, once. */
  async #run(repository: Repository, command: NetworkCommand): Promise<Uint8Array> {
    if (repository.cloudLogin === undefined) return await this.#try(repository, command);
    const { logins } = this.#options;
    if (logins === undefined)
      throw new TiphysError('failed-precondition', 'logins by token services are not served here');
    try {
      return await this.#try(await logins.loggedIn(repository), command);
    } catch (error) {
      if (!hasCode(error, 'unauthenticated')) throw error;
      logins.forget(repository);
      return await this.#try(await logins.loggedIn(repository), command);
    }
  }

  async #try(repository: Repository, command: NetworkCommand): Promise<Uint8Array> {
    const address = parseAddress(repository.url);
    return withAccess(repository, address, this.#options.directory, async ({ env, secrets }) => {
      const args = command.args(address.url);
      assertHarmless(args, env);
      try {
        const { runner } = this.#options;
        return (await runner.run({ program: 'git', args, env, secrets, timeoutMs: command.timeoutMs }))
          .stdout;
      } catch (error) {
        throw explain(error, command.action, address.display);
      }
    });
  }
}

interface NetworkCommand {
  readonly action: string;
  readonly timeoutMs: number;
  readonly args: (url: string) => readonly string[];
}
