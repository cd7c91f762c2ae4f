import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TiphysError } from '@tiphys/model';
import type { CommandRunner } from '@tiphys/ports';
import {
  ageIdentities,
  assertKeys,
  chooseKeys,
  digestOf,
  isPgp,
  readKeyFiles,
  type KeyFile,
  type KeyNames,
} from './key-files.ts';

export interface KeyringOptions {
  /** Folder of key files, as a secret is mounted. */
  readonly folder: string;
  /** Private folder in memory for what SOPS and GnuPG read. Its path must be short: an agent listens in it. */
  readonly home: string;
  readonly runner: CommandRunner;
  readonly now: () => number;
}

/** Keys as SOPS takes them: paths only, so that no environment holds a key. */
export interface Keys {
  /** Names that were asked for and are not mounted. */
  readonly missing: readonly string[];
  readonly isEmpty: boolean;
  /** File of age identities; undefined without any. */
  readonly ageFile: string | undefined;
  /** Home of GnuPG with the PGP keys; undefined without any. */
  readonly gnupgHome: string | undefined;
}

type KeySet = Omit<Keys, 'missing'> & { readonly directory: string };

const MAX_AGE_MS = 2_000;
/** Keys that were replaced stay this long for the runs that use them. */
const RETIRED_MS = 60_000;

/** The age and PGP keys in a folder. A change is taken up within two seconds. */
export class Keyring {
  readonly #options: KeyringOptions;
  #reading: { readonly at: number; readonly files: Promise<readonly KeyFile[]> } | undefined;
  #digest = '';
  #sets = new Map<string, Promise<KeySet>>();
  #retired: { readonly at: number; readonly sets: readonly Promise<KeySet>[] } | undefined;
  #number = 0;

  constructor(options: KeyringOptions) {
    this.#options = options;
  }

  /** Changes exactly when one of the keys does. Never rejects: whether they are any good is seen when they are used. */
  async digest(names: KeyNames): Promise<string> {
    const files = await this.#files().catch(() => []);
    return digestOf(chooseKeys(files, names));
  }

  /** The keys of these names. Rejects with `failed-precondition` where one is no key, naming its file. */
  async keys(names: KeyNames): Promise<Keys> {
    const files = await this.#files().catch((cause: unknown) => {
      throw new TiphysError('failed-precondition', `the SOPS keys cannot be read: ${messageOf(cause)}`);
    });
    await this.#retire(digestOf(files));
    const chosen = chooseKeys(files, names);
    const set = await this.#setOf(chosen);
    const there = chosen.map(({ name }) => name);
    return { ...set, missing: names === 'all' ? [] : names.filter((name) => !there.includes(name)) };
  }

  /** Ends what GnuPG left running and removes all that was made of the keys. */
  async close(): Promise<void> {
    await this.#remove([...this.#sets.values(), ...(this.#retired?.sets ?? [])]);
    this.#sets.clear();
    await rm(this.#options.home, { recursive: true, force: true, maxRetries: 3 });
  }

  #files(): Promise<readonly KeyFile[]> {
    const now = this.#options.now();
    if (this.#reading === undefined || now - this.#reading.at > MAX_AGE_MS) {
      this.#reading = { at: now, files: readKeyFiles(this.#options.folder) };
    }
    return this.#reading.files;
  }

  async #retire(digest: string): Promise<void> {
    const now = this.#options.now();
    const old = this.#retired;
    if (old !== undefined && now - old.at > RETIRED_MS) {
      this.#retired = undefined;
      await this.#remove(old.sets);
    }
    if (digest === this.#digest) return;
    this.#digest = digest;
    this.#retired = { at: now, sets: [...(this.#retired?.sets ?? []), ...this.#sets.values()] };
    this.#sets = new Map();
  }

  #setOf(files: readonly KeyFile[]): Promise<KeySet> {
    const digest = digestOf(files);
    const known = this.#sets.get(digest);
    if (known !== undefined) return known;
    const sets = this.#sets;
    const made = this.#make(files);
    sets.set(digest, made);
    made.catch(() => sets.delete(digest));
    return made;
  }

  async #make(files: readonly KeyFile[]): Promise<KeySet> {
    assertKeys(files);
    const directory = join(this.#options.home, String((this.#number += 1)));
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const pgp = files.filter(isPgp);
    return {
      directory,
      isEmpty: files.length === 0,
      ageFile: await writeIdentities(directory, files.flatMap(ageIdentities)),
      gnupgHome: pgp.length === 0 ? undefined : await this.#import(directory, pgp),
    };
  }

  async #import(directory: string, files: readonly KeyFile[]): Promise<string> {
    const home = join(directory, 'g');
    await mkdir(home, { mode: 0o700 });
    for (const { name, content } of files) {
      await this.#options.runner
        .run({ program: 'gpg', args: ['--batch', '--import'], stdin: content, env: { GNUPGHOME: home } })
        .catch((cause: unknown) => {
          throw new TiphysError(
            'failed-precondition',
            `the PGP key file ${name} cannot be imported (a key with a passphrase cannot be used): ${messageOf(cause)}`,
          );
        });
    }
    return home;
  }

  async #remove(sets: readonly Promise<KeySet>[]): Promise<void> {
    const made = (await Promise.allSettled(sets)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    for (const { directory, gnupgHome } of made) {
      if (gnupgHome !== undefined) await this.#endAgent(gnupgHome);
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** An agent that cannot be told to end sees that its home is gone, and ends. */
  async #endAgent(home: string): Promise<void> {
    const stop = ['--kill', 'gpg-agent'];
    await this.#options.runner
      .run({ program: 'gpgconf', args: stop, env: { GNUPGHOME: home } })
      .catch(() => undefined);
  }
}

async function writeIdentities(directory: string, lines: readonly string[]): Promise<string | undefined> {
  if (lines.length === 0) return undefined;
  const file = join(directory, 'age.txt');
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}
