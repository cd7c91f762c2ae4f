import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import type { Repository } from '@tiphys/model';
import { startGitServer, type GitServer, type GitServerOptions } from '@tiphys/testing/git-server';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { createGitSource, type GitAdapter, type GitRequestEvent } from '../index.ts';

export interface AdapterOptions {
  readonly directory?: string;
  readonly timeoutMs?: number;
  readonly keptCommits?: number;
  readonly mirrors?: number;
}

/** The real adapter and real servers for a spec file; what a test opens is closed after it. */
export class GitStage {
  #folder: PrivateFolder | undefined;
  #runner: ProcessRunner | undefined;
  #serial = 0;
  readonly #cleanups: (() => Promise<void>)[] = [];

  constructor() {
    beforeAll(async () => {
      this.#folder = await privateFolder('git-adapter');
      this.#runner = await createProcessRunner({
        path: '/usr/bin:/bin',
        directory: join(this.folder, 'runs'),
      });
    });
    afterEach(async () => {
      for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
    });
    afterAll(async () => {
      await this.#runner?.close();
      await this.#folder?.remove();
    });
  }

  get runner(): ProcessRunner {
    return ready(this.#runner);
  }

  get folder(): string {
    return ready(this.#folder).path;
  }

  /** A directory of its own below the folder. */
  place(name: string): string {
    return join(this.folder, `${name}-${(this.#serial += 1)}`);
  }

  async serve(options: GitServerOptions = {}): Promise<GitServer> {
    const server = await startGitServer(options);
    this.#cleanups.push(() => server.close());
    return server;
  }

  async adapter(
    options: AdapterOptions = {},
  ): Promise<GitAdapter & { events: GitRequestEvent[]; directory: string }> {
    const { directory = this.place('work'), timeoutMs = 20_000, ...limits } = options;
    const events: GitRequestEvent[] = [];
    const git = await createGitSource({
      runner: this.runner,
      directory,
      versions,
      refsTimeoutMs: timeoutMs,
      fetchTimeoutMs: timeoutMs,
      onRequest: (event) => events.push(event),
      ...limits,
    });
    this.#cleanups.push(() => git.close());
    return Object.assign(git, { events, directory });
  }
}

/** Picks the highest plain version; the ranges themselves are the Go runtime's business. */
const versions = {
  maxSatisfying: (_range: string, candidates: readonly string[]): Promise<string | undefined> =>
    Promise.resolve(
      [...candidates]
        .filter((name) => /^\d/.test(name))
        .sort()
        .at(-1),
    ),
};

function ready<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the stage is set up before the first test');
  return part;
}

export const repo = (url: string, rest: Partial<Repository> = {}): Repository => ({
  url,
  type: 'git',
  ...rest,
});

/** Bytes as text. */
export const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

/** The error of something that has to fail. */
export const failure = (run: Promise<unknown>): Promise<Error & { code?: string }> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error) => error,
  );

/** Every file of a commit, fetched first. */
export async function readFiles(
  git: GitAdapter,
  repository: Repository,
  sha: string,
): Promise<Record<string, string>> {
  await git.fetch(repository, sha);
  const entries = await git.listTree(repository, (await git.find(repository, sha, '.')).id);
  const files = entries.filter((entry) => entry.mode !== 'directory');
  const contents = await git.readBlobs(
    repository,
    files.map((file) => file.id),
  );
  return Object.fromEntries(files.map((file, index) => [file.path, text(contents[index])]));
}
