import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TiphysError } from '@tiphys/model';
import type { CommandRunner } from '@tiphys/ports';

export interface KeyringOptions {
  /** Folder of key files, as a secret is mounted. */
  readonly folder: string;
  /** Private folder for what GnuPG makes of PGP keys. Its path must be short: an agent listens in it. */
  readonly home: string;
  readonly runner: CommandRunner;
  readonly now: () => number;
}

/** Keys as SOPS takes them. */
export interface Keys {
  /** Changes exactly when a key file does. */
  readonly digest: string;
  /** Environment of SOPS; holds private keys. */
  readonly env: Readonly<Record<string, string>>;
  readonly isEmpty: boolean;
}

const MAX_AGE_MS = 2_000;
const AGE = /^AGE-SECRET-KEY-.+$/gm;
const PGP = '-----BEGIN PGP PRIVATE KEY BLOCK-----';

interface KeyFile {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * The age and PGP keys in a folder. Files are told apart by what they hold, so their names are free; a change is taken
 * up within two seconds.
 */
export class Keyring {
  readonly #options: KeyringOptions;
  #keys: Promise<Keys> | undefined;
  #readAt = 0;
  #known: Keys | undefined;
  #number = 0;

  constructor(options: KeyringOptions) {
    this.#options = options;
  }

  /** Rejects with `failed-precondition` where a file is no key, naming it and nothing of what it holds. */
  keys(): Promise<Keys> {
    const now = this.#options.now();
    if (this.#keys === undefined || now - this.#readAt > MAX_AGE_MS) {
      this.#readAt = now;
      this.#keys = this.#read();
      this.#keys.catch(() => (this.#keys = undefined));
    }
    return this.#keys;
  }

  /** Ends what GnuPG left running and removes its folder. */
  async close(): Promise<void> {
    await this.#endAgent(this.#known?.env['GNUPGHOME']);
    await rm(this.#options.home, { recursive: true, force: true, maxRetries: 3 });
  }

  async #read(): Promise<Keys> {
    const files = await this.#files();
    const digest = digestOf(files);
    if (this.#known?.digest === digest) return this.#known;
    const former = this.#known?.env['GNUPGHOME'];
    this.#known = await this.#take(files, digest);
    await this.#endAgent(former);
    return this.#known;
  }

  async #files(): Promise<readonly KeyFile[]> {
    const { folder } = this.#options;
    try {
      const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
      return await Promise.all(
        names.map(async (name) => ({ name, content: await readFile(join(folder, name)) })),
      );
    } catch (cause) {
      throw new TiphysError('failed-precondition', `the SOPS keys cannot be read: ${messageOf(cause)}`);
    }
  }

  async #take(files: readonly KeyFile[], digest: string): Promise<Keys> {
    const age = files.flatMap(({ content }) => content.toString('latin1').match(AGE) ?? []);
    const pgp = files.filter(({ content }) => isPgp(content));
    const other = files.find(
      ({ content }) => !isPgp(content) && content.toString('latin1').match(AGE) === null,
    );
    if (other !== undefined) {
      throw new TiphysError('failed-precondition', `the SOPS key file ${other.name} holds no age or PGP key`);
    }
    const home = pgp.length === 0 ? undefined : await this.#importAll(pgp);
    return {
      digest,
      isEmpty: files.length === 0,
      env: {
        ...(age.length === 0 ? {} : { SOPS_AGE_KEY: age.map((line) => line.trim()).join('\n') }),
        ...(home === undefined ? {} : { GNUPGHOME: home }),
      },
    };
  }

  async #importAll(files: readonly KeyFile[]): Promise<string> {
    const home = join(this.#options.home, `g${String((this.#number += 1))}`);
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true, mode: 0o700 });
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

  async #endAgent(home: string | undefined): Promise<void> {
    if (home === undefined) return;
    const stop = ['--kill', 'gpg-agent'];
    await this.#options.runner
      .run({ program: 'gpgconf', args: stop, env: { GNUPGHOME: home } })
      .catch(() => undefined);
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Armoured, or the first byte of a packet that holds a private key. */
const isPgp = (content: Buffer): boolean =>
  content.includes(PGP) || content[0] === 0x95 || content[0] === 0x94 || content[0] === 0xc5;

function digestOf(files: readonly KeyFile[]): string {
  const hash = createHash('sha256');
  for (const { name, content } of files) hash.update(`${name}\0${String(content.length)}\0`).update(content);
  return hash.digest('hex');
}
