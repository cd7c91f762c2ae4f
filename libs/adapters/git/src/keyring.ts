import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, messageOf, TiphysError } from '@tiphys/model';
import type { CommandRunner, Keyring } from '@tiphys/ports';

export interface KeyringOptions {
  readonly runner: CommandRunner;
  /** Directory of armoured public keys, each in a file by its long id. What is not there has no keys. */
  readonly source: string;
  /** Where keyrings are made, each in a directory of its own; created with rights for the owner alone. */
  readonly directory: string;
  /** Told of keys that are left out, and why. */
  readonly onMistake: (key: string, mistake: string) => void;
}

interface KeyFile {
  readonly id: string;
  readonly armoured: string;
}

const KEY_NAME = /^[0-9A-F]{16}$/iu;
const MAX_KEY_BYTES = 1024 * 1024;
/** Every key that was imported is trusted; nothing is asked of the network, an agent or a person. */
const SETTINGS = [
  'trust-model always',
  'no-auto-key-retrieve',
  'no-auto-key-locate',
  'no-autostart',
  'no-greeting',
  'batch',
  'no-tty',
];
const UNFINISHED = 'new-';

/**
 * A GnuPG keyring that follows a directory of public keys, such as a mounted config map. A change makes a new keyring;
 * the one before stays until the next change, as it may be in use.
 */
export function createKeyring(options: KeyringOptions): Keyring {
  return new FollowingKeyring(options);
}

class FollowingKeyring implements Keyring {
  readonly #options: KeyringOptions;
  readonly #made = new Map<string, Promise<string>>();

  constructor(options: KeyringOptions) {
    this.#options = options;
  }

  async current(): Promise<{ readonly id: string; readonly home: string }> {
    const files = await readKeys(this.#options.source);
    const id = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 24);
    const known = this.#made.get(id);
    if (known !== undefined) return { id, home: await known };
    const making = this.#make(id, files);
    this.#made.set(id, making);
    try {
      const home = await making;
      await this.#forgetOld(id);
      return { id, home };
    } catch (error) {
      this.#made.delete(id);
      throw error;
    }
  }

  async #make(id: string, files: readonly KeyFile[]): Promise<string> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const home = await mkdtemp(join(directory, UNFINISHED));
    await writeFile(join(home, 'gpg.conf'), `${SETTINGS.join('\n')}\n`, { mode: 0o600 });
    // Without the file of trust some keys cannot even be listed.
    await this.#gpg(home, '', ['--trust-model', 'pgp', '--check-trustdb']);
    for (const file of files) await this.#import(home, file);
    const final = join(directory, id);
    await rm(final, { recursive: true, force: true });
    await rename(home, final);
    return final;
  }

  /** A key that is not what its name says vouches for nobody. */
  async #import(home: string, { id, armoured }: KeyFile): Promise<void> {
    const gpg = (...args: readonly string[]) => this.#gpg(home, armoured, args);
    try {
      const mistake = mistakeIn(await gpg('--with-colons', '--import-options', 'show-only', '--import'), id);
      if (mistake !== undefined) throw new TiphysError('invalid', mistake);
      await gpg('--quiet', '--import');
    } catch (error) {
      if (hasCode(error, 'not-found') || hasCode(error, 'unavailable')) throw error;
      this.#options.onMistake(id, messageOf(error));
    }
  }

  async #gpg(home: string, stdin: string, args: readonly string[]): Promise<string> {
    const command = { program: 'gpg', args, env: { GNUPGHOME: home }, stdin };
    return Buffer.from((await this.#options.runner.run(command)).stdout).toString();
  }

  async #forgetOld(id: string): Promise<void> {
    const kept = new Set([...this.#made.keys()].slice(-2)).add(id);
    for (const made of this.#made.keys()) if (!kept.has(made)) this.#made.delete(made);
    for (const name of await readdir(this.#options.directory)) {
      if (kept.has(name) || name.startsWith(UNFINISHED)) continue;
      await rm(join(this.#options.directory, name), { recursive: true, force: true });
    }
  }
}

async function readKeys(source: string): Promise<readonly KeyFile[]> {
  const names = await readdir(source).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const files: KeyFile[] = [];
  for (const name of names.filter((candidate) => KEY_NAME.test(candidate)).sort()) {
    const path = join(source, name);
    if ((await stat(path)).size > MAX_KEY_BYTES) continue;
    files.push({ id: name.toUpperCase(), armoured: await readFile(path, 'utf8') });
  }
  return files;
}

/** What is wrong with a listing of one key; undefined for exactly the public key of that id. */
export function mistakeIn(listing: string, id: string): string | undefined {
  const lines = listing.split('\n').map((line) => line.split(':'));
  if (lines.some(([type]) => type === 'sec' || type === 'ssb')) return 'is a secret key; give the public one';
  const keys = lines.filter(([type]) => type === 'pub').map((fields) => fields[4] ?? '');
  if (keys.length !== 1) return `holds ${keys.length} keys in place of one`;
  return keys[0]?.toUpperCase() === id ? undefined : `holds the key ${keys[0] ?? ''}`;
}
