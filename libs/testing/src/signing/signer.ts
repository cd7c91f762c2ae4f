import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcessRunner } from '@tiphys/adapter-process';
import type { CommandRunner } from '@tiphys/ports';
import { privateFolder } from '../processes/index.ts';

export interface SigningKey {
  /** 16 hex digits, upper case. */
  readonly id: string;
  readonly fingerprint: string;
}

export interface SignerOptions {
  /** The time that this signer lives in, `20200101T000000`; default: now. */
  readonly at?: string;
}

export interface NewSignedCommit {
  /** Directory of a bare repository. */
  readonly repository: string;
  /** Default `main`. */
  readonly branch?: string;
  readonly message?: string;
  /** A revision whose files it has; default: those of the branch. */
  readonly files?: string;
  /** Without one the commit is not signed. */
  readonly key?: SigningKey;
}

/** Somebody with GnuPG keys who signs commits and tags in bare repositories on disk. */
export interface Signer {
  /** Makes a key; `expires` as GnuPG has it (`1d`), default never. */
  newKey(name: string, expires?: string): Promise<SigningKey>;
  revoke(key: SigningKey): Promise<void>;
  /** The armoured public key, as a config map holds it. */
  publicKey(key: SigningKey): Promise<string>;
  /** Adds a commit to a branch and returns its SHA. */
  commit(commit: NewSignedCommit): Promise<string>;
  /** Makes an annotated tag, signed where a key is given. */
  tag(repository: string, tag: { name: string; at: string; key?: SigningKey }): Promise<void>;
  close(): Promise<void>;
}

/** Makes a signer with a keyring of its own, gone after `close` or with this process. */
export async function createSigner(options: SignerOptions = {}): Promise<Signer> {
  // Short: the agent's socket is in there, and the name of a socket may have 107 letters.
  const folder = await privateFolder('gpg');
  const path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  const runner = await createProcessRunner({ path, directory: join(folder.path, 'runs') });
  const time = options.at === undefined ? [] : [`faked-system-time ${options.at}!`];
  await writeFile(join(folder.path, 'gpg.conf'), ['batch', 'no-tty', ...time, ''].join('\n'));
  const signer = new KeyringSigner(runner, folder.path);
  return Object.assign(signer, {
    close: async () => {
      await signer.run('gpgconf', ['--kill', 'all']);
      await runner.close();
      await folder.remove();
    },
  });
}

class KeyringSigner {
  readonly #runner: CommandRunner;
  readonly #home: string;

  constructor(runner: CommandRunner, home: string) {
    this.#runner = runner;
    this.#home = home;
  }

  async newKey(name: string, expires = 'never'): Promise<SigningKey> {
    const user = `${name} <${name.toLowerCase()}@example.com>`;
    const made = [
      '--passphrase',
      '',
      '--status-fd',
      '1',
      '--quick-generate-key',
      user,
      'ed25519',
      'sign',
      expires,
    ];
    const status = await this.run('gpg', made);
    const fingerprint = /KEY_CREATED \w (?<print>[0-9A-F]{40})/u.exec(status)?.groups?.['print'] ?? '';
    return { id: fingerprint.slice(-16), fingerprint };
  }

  async revoke({ fingerprint }: SigningKey): Promise<void> {
    const certificate = await readFile(join(this.#home, 'openpgp-revocs.d', `${fingerprint}.rev`), 'utf8');
    // GnuPG puts a colon there, so that nobody imports it by accident.
    await this.run('gpg', ['--import'], certificate.replace(':-----BEGIN', '-----BEGIN'));
  }

  publicKey({ fingerprint }: SigningKey): Promise<string> {
    return this.run('gpg', ['--armor', '--export', fingerprint]);
  }

  async commit({
    repository,
    branch = 'main',
    message = 'Signed',
    files,
    key,
  }: NewSignedCommit): Promise<string> {
    const ref = `refs/heads/${branch}`;
    const parent = await this.#git(repository, ['rev-parse', '--verify', ref]);
    const signing = key === undefined ? ['--no-gpg-sign'] : [`-S${key.fingerprint}`];
    const sha = await this.#git(repository, [
      'commit-tree',
      ...signing,
      '-p',
      parent,
      '-m',
      message,
      `${files ?? ref}^{tree}`,
    ]);
    await this.#git(repository, ['update-ref', ref, sha]);
    return sha;
  }

  async tag(
    repository: string,
    { name, at, key }: { name: string; at: string; key?: SigningKey },
  ): Promise<void> {
    const signing = key === undefined ? ['-a'] : ['-s', '-u', key.fingerprint];
    await this.#git(repository, ['tag', '-f', ...signing, '-m', `Release ${name}`, name, at]);
  }

  async run(program: string, args: readonly string[], stdin = ''): Promise<string> {
    const env = { GNUPGHOME: this.#home };
    const { stdout } = await this.#runner.run({ program, args, env, stdin });
    return Buffer.from(stdout).toString();
  }

  async #git(repository: string, args: readonly string[]): Promise<string> {
    const env = {
      GNUPGHOME: this.#home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Dev Eloper',
      GIT_AUTHOR_EMAIL: 'dev@example.com',
      GIT_COMMITTER_NAME: 'Dev Eloper',
      GIT_COMMITTER_EMAIL: 'dev@example.com',
    };
    const { stdout } = await this.#runner.run({
      program: 'git',
      args: ['--git-dir', repository, ...args],
      env,
    });
    return Buffer.from(stdout).toString().trim();
  }
}
