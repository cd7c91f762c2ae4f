import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Repository } from '@tiphys/model';
import type { CommandRunner } from '@tiphys/ports';
import { Mirror, UNFINISHED } from './mirror.ts';
import type { GitNetwork } from './network.ts';
import type { ReaderPool } from './reader-pool.ts';

export interface MirrorsOptions {
  readonly directory: string;
  readonly runner: CommandRunner;
  readonly network: GitNetwork;
  readonly readers: ReaderPool;
  /** The least recently used mirror goes when there are more. */
  readonly limit: number;
  /** Commits that a mirror keeps. */
  readonly keptCommits: number;
}

/** One mirror for each repository and login. */
export class Mirrors {
  readonly #options: MirrorsOptions;
  readonly #mirrors = new Map<string, Mirror>();

  constructor(options: MirrorsOptions) {
    this.#options = options;
  }

  of(repository: Repository): Mirror {
    const key = identityOf(repository);
    const known = this.#mirrors.get(key);
    const mirror = known ?? new Mirror({ ...this.#options, directory: join(this.#options.directory, key) });
    this.#mirrors.delete(key);
    this.#mirrors.set(key, mirror);
    this.#evict();
    return mirror;
  }

  /** Throws a mirror away that cannot be trusted any more. */
  async discard(repository: Repository): Promise<void> {
    const mirror = this.of(repository);
    this.#mirrors.delete(identityOf(repository));
    await this.#remove(mirror);
  }

  #evict(): void {
    const [oldest] = this.#mirrors;
    if (this.#mirrors.size <= this.#options.limit || oldest === undefined) return;
    const [key, mirror] = oldest;
    this.#mirrors.delete(key);
    void this.#remove(mirror).catch(() => undefined);
  }

  async #remove(mirror: Mirror): Promise<void> {
    await this.#options.readers.drop(mirror.directory);
    await mirror.discard();
  }
}

/**
 * What a repository and its login come down to. Whoever has not the same login does not get at what was
 * fetched with it.
 */
export function identityOf(repository: Repository): string {
  const parts = [
    repository.url,
    repository.username,
    repository.password,
    repository.bearerToken,
    repository.sshPrivateKey,
    repository.cloudLogin,
    repository.tlsClientCertData,
    repository.tlsClientCertKey,
    repository.caPem,
    repository.knownHosts,
    String(repository.insecure === true),
    repository.proxy,
    String(repository.depth ?? 0),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

/** Clears up after an earlier process: half-made mirrors go, and the oldest beyond the limit. */
export async function tidyMirrors(directory: string, limit: number): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
  );
  const whole = found.filter(({ name }) => !name.startsWith(UNFINISHED)).sort((a, b) => b.at - a.at);
  const kept = new Set(whole.slice(0, limit).map(({ name }) => name));
  const gone = names.filter((name) => !kept.has(name));
  await Promise.all(gone.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}
