import { messageOf, TiphysError } from '@tiphys/model';
import type { CommandRunner, FileDecryptor } from '@tiphys/ports';
import { readEncrypted, type EncryptedFile } from './encrypted-file.ts';
import { sopsFailure } from './failure.ts';
import type { KeyNames } from './key-files.ts';
import type { Keyring, Keys } from './keyring.ts';
import { Mask } from './mask.ts';
import { plainTexts } from './plain-texts.ts';

export interface SopsOptions {
  readonly runner: CommandRunner;
  readonly keyring: Keyring;
  /** Keys that may be used. Default all. */
  readonly keys?: KeyNames;
  /** Default `sops`. */
  readonly program?: string;
  /** Milliseconds for one file. Default 30 000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Files name services that hold keys; none of them is asked, whatever a file says. */
const NO_NETWORK = Object.fromEntries(
  [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'http_proxy',
    'https_proxy',
    // The client of Vault alone goes through a proxy to this very machine, too.
    'VAULT_PROXY_ADDR',
    'VAULT_HTTP_PROXY',
  ].map((name) => [name, 'http://127.0.0.1:1']),
);
const NO_CLOUD = { AWS_EC2_METADATA_DISABLED: 'true', NO_GCE_CHECK: 'true', VAULT_MAX_RETRIES: '0' };

/** Opens the files of one render, and keeps what it has opened out of errors. */
export class SopsSession implements FileDecryptor {
  readonly #options: SopsOptions;
  readonly #mask = new Mask();
  #opened = 0;

  constructor(options: SopsOptions) {
    this.#options = options;
  }

  /** Whether anything in the clear has come out of it. */
  get hasOpened(): boolean {
    return this.#opened > 0;
  }

  async open(
    content: Uint8Array,
    name: string,
    options: { readonly isManifest?: boolean } = {},
  ): Promise<Uint8Array> {
    const file = readEncrypted(content, name, options);
    if (file === undefined) return content;
    const plain = await this.#decrypt(content, name, file);
    this.#opened += 1;
    this.#mask.addAll(plainTexts(file.format, content, plain));
    return plain;
  }

  /** An error without what was opened, in its message and in its causes. */
  redacted(error: unknown): unknown {
    if (!this.hasOpened) return error;
    if (isSystemError(error)) return error;
    const code = error instanceof TiphysError ? error.code : 'unknown';
    const text = this.#mask.apply(messageOf(error));
    return new TiphysError(
      code,
      text ?? 'it failed; what was said is withheld, as it may hold what was encrypted',
    );
  }

  async #decrypt(content: Uint8Array, name: string, file: EncryptedFile): Promise<Uint8Array> {
    const {
      runner,
      keyring,
      keys: names = 'all',
      program = 'sops',
      timeoutMs = DEFAULT_TIMEOUT_MS,
    } = this.#options;
    const keys = await keyring.keys(names);
    assertUsable(keys, name, names);
    const types = ['--input-type', file.format, '--output-type', file.format];
    try {
      const { stdout } = await runner.run({
        program,
        args: ['decrypt', '--decryption-order', 'age,pgp', ...types],
        stdin: content,
        env: { ...NO_NETWORK, ...NO_CLOUD, ...keyPaths(keys) },
        timeoutMs,
      });
      return stdout;
    } catch (error) {
      throw sopsFailure(error, name, file);
    }
  }
}

/** What the system says when a disk is full or a process cannot start: never what a file holds. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

const keyPaths = ({ ageFile, gnupgHome }: Keys): Readonly<Record<string, string>> => ({
  ...(ageFile === undefined ? {} : { SOPS_AGE_KEY_FILE: ageFile }),
  ...(gnupgHome === undefined ? {} : { GNUPGHOME: gnupgHome }),
});

function assertUsable({ isEmpty, missing }: Keys, file: string, names: KeyNames): void {
  if (missing.length > 0) {
    throw new TiphysError(
      'failed-precondition',
      `${file} is encrypted by SOPS, and the AppProject names the keys ${missing.join(', ')}, which the secret of ` +
        'keys does not hold',
    );
  }
  if (!isEmpty) return;
  const what = names === 'all' ? 'no keys are mounted in the repo-server' : 'the AppProject names no key';
  throw new TiphysError('failed-precondition', `${file} is encrypted by SOPS, but ${what}`);
}
