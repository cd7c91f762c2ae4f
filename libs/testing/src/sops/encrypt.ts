import { execFileSync } from 'node:child_process';
import { resolveTool } from '@tiphys/toolchain';

export interface EncryptOptions {
  /** Its ending tells the form. */
  readonly name: string;
  /** `age1…` */
  readonly age?: string;
  /** Fingerprint; the public key is in `gnupgHome`. */
  readonly pgp?: string;
  readonly gnupgHome?: string;
  /** More flags of sops, such as `--encrypted-regex=^data$`. */
  readonly flags?: readonly string[];
}

/** Encrypts a file as people do before they commit it. */
export async function sopsEncrypt(content: string | Uint8Array, options: EncryptOptions): Promise<string> {
  const { name, age, pgp, gnupgHome, flags = [] } = options;
  const program = await resolveTool('sops');
  const recipients = [
    ...(age === undefined ? [] : [`--age=${age}`]),
    ...(pgp === undefined ? [] : [`--pgp=${pgp}`]),
  ];
  return execFileSync(program, ['encrypt', '--filename-override', name, ...recipients, ...flags], {
    input: content,
    encoding: 'utf8',
    env: {
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      ...(gnupgHome === undefined ? {} : { GNUPGHOME: gnupgHome }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
