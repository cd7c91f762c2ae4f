import type { CommandRunner, FileDecryptor } from '@tiphys/ports';
import { TiphysError } from '@tiphys/model';
import { readEncrypted, type EncryptedFile } from './encrypted-file.ts';
import { sopsFailure } from './failure.ts';
import type { Keyring } from './keyring.ts';
import { plainTexts } from './plain-texts.ts';

export interface SopsOptions {
  readonly runner: CommandRunner;
  readonly keyring: Keyring;
  /** Default `sops`. */
  readonly program?: string;
  /** Milliseconds for one file. Default 30 000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MASK = '******';

/** Files name services that hold keys; none of them is asked, whatever a file says. */
const NO_NETWORK = Object.fromEntries(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, 'http://127.0.0.1:1']),
);
const NO_CLOUD = { AWS_EC2_METADATA_DISABLED: 'true', NO_GCE_CHECK: 'true' };

/** Opens the files of one render, and keeps what it has opened out of errors. */
export class SopsSession implements FileDecryptor {
  readonly #options: SopsOptions;
  readonly #secrets = new Set<string>();
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
    for (const text of plainTexts(file.format, content, plain)) this.#secrets.add(text);
    return plain;
  }

  /** Masks what was opened in a text. */
  redact(text: string): string {
    const longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((left, secret) => left.replaceAll(secret, MASK), text);
  }

  async #decrypt(content: Uint8Array, name: string, file: EncryptedFile): Promise<Uint8Array> {
    const { runner, keyring, program = 'sops', timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const { env, isEmpty } = await keyring.keys();
    if (isEmpty) {
      throw new TiphysError(
        'failed-precondition',
        `${name} is encrypted by SOPS, but no keys are mounted in the repo-server (chart value sops.secretName)`,
      );
    }
    const types = ['--input-type', file.format, '--output-type', file.format];
    try {
      const { stdout } = await runner.run({
        program,
        args: ['decrypt', '--decryption-order', 'age,pgp', ...types],
        stdin: content,
        env: { ...NO_NETWORK, ...NO_CLOUD, ...env },
        timeoutMs,
        secrets: env['SOPS_AGE_KEY']?.split('\n') ?? [],
      });
      return stdout;
    } catch (error) {
      throw sopsFailure(error, name, file);
    }
  }
}

/** Finds encrypted files where none may be opened: each is an error `permission-denied`. */
export const refusingDecryptor = (project: string): FileDecryptor => ({
  open: (content, name, options) => {
    const isEncrypted = (): boolean => readEncrypted(content, name, options) !== undefined;
    return Promise.resolve().then(() => {
      if (!isEncrypted()) return content;
      throw new TiphysError(
        'permission-denied',
        `${name} is encrypted by SOPS, and the AppProject ${project} does not allow to open it: ` +
          'set its annotation tiphys.dev/sops to "true"',
      );
    });
  },
});
