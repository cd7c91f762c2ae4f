import { createHmac } from 'node:crypto';
import { refusingDecryptor, SopsSession, type Keyring } from '@tiphys/adapter-sops';
import type { CommandRunner, FileDecryptor, RenderRequest } from '@tiphys/ports';

export interface DecryptionOptions {
  readonly runner: CommandRunner;
  readonly keyring: Keyring;
  readonly program: string;
  /** Milliseconds for one file. */
  readonly timeoutMs: number;
}

/** How one render may open encrypted files. */
export interface Opening {
  readonly decryptor: FileDecryptor;
  /** What the outcome depends on beside the files. */
  readonly content: string;
  /** What the messages of a failure also depend on. */
  readonly place: string;
  /** Whether what was rendered may hold what was encrypted. */
  readonly hasOpened: () => boolean;
  /** An error without what was opened. */
  readonly redacted: (error: unknown) => unknown;
  /** A digest that tells nothing of what it is of, as only holders of the keys can compute it. */
  readonly digest: (content: Uint8Array) => string;
}

/** Opens encrypted files where projects allow it, each with the keys that its project names. */
export class Decryption {
  readonly #options: DecryptionOptions;

  constructor(options: DecryptionOptions) {
    this.#options = options;
  }

  async of({ options, project }: Pick<RenderRequest, 'options' | 'project'>): Promise<Opening> {
    const { decryptionKeys: keys } = options;
    if (keys === undefined) return refused(project);
    const session = new SopsSession({ ...this.#options, keys });
    const digest = await this.#options.keyring.digest(keys);
    return {
      decryptor: session,
      content: `sops:${digest}`,
      place: keys === 'all' ? '' : keys.join(),
      hasOpened: () => session.hasOpened,
      redacted: (error) => session.redacted(error),
      digest: (content) => createHmac('sha256', digest).update(content).digest('hex'),
    };
  }
}

/** The same files render to the same for every project that may open none. */
const refused = (project: string): Opening => ({
  decryptor: refusingDecryptor(project),
  content: 'sops:none',
  place: project,
  hasOpened: () => false,
  redacted: (error) => error,
  digest: () => '',
});
