import { access, constants, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createProcessRunner, type ProcessRunner } from '@tiphys/adapter-process';
import { Keyring } from '@tiphys/adapter-sops';
import { systemClock } from '@tiphys/runtime/clock';
import type { RepoServerConfig } from './config.ts';

/** What renders that may decrypt files work with: all of it is in one directory in memory. */
export interface Sops {
  /** Its children have their homes there. */
  readonly runner: ProcessRunner;
  readonly keyring: Keyring;
  readonly scratchDirectory: string;
  close(): Promise<void>;
}

/** Linux keeps files here in memory. */
const SHARED_MEMORY = '/dev/shm';

/** Undefined where encrypted files are not looked for. */
export async function openSops(config: RepoServerConfig): Promise<Sops | undefined> {
  if (config.sopsKeyDir === '') return undefined;
  const directory = await openPrivateDirectory(config.privateDir);
  const runner = await createProcessRunner({
    path: config.path,
    directory: join(directory.path, 'runs'),
    timeoutMs: config.execTimeout,
  });
  const keyring = new Keyring({
    folder: resolve(config.sopsKeyDir),
    home: join(directory.path, 'k'),
    runner,
    now: () => systemClock.now(),
  });
  return {
    runner,
    keyring,
    scratchDirectory: join(directory.path, 'scratch'),
    close: async () => {
      await keyring.close();
      await runner.close();
      await directory.remove();
    },
  };
}

/** One that was given is emptied of what a process left that was killed. */
async function openPrivateDirectory(
  given: string | undefined,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (given === undefined) {
    const path = await mkdtemp(join(await memoryFolder(), 'tiphys-private-'));
    return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  }
  const path = resolve(given);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const empty = async (): Promise<void> => {
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
  };
  await empty();
  return { path, remove: empty };
}

const memoryFolder = (): Promise<string> =>
  access(SHARED_MEMORY, constants.W_OK).then(
    () => SHARED_MEMORY,
    () => tmpdir(),
  );
