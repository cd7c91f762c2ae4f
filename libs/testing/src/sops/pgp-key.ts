import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { privateFolder } from '../processes/index.ts';

/** A PGP key pair without a passphrase. */
export interface PgpKey {
  readonly fingerprint: string;
  /** Armoured. */
  readonly privateKey: string;
  /** Home with the public key in it. */
  readonly gnupgHome: string;
  close(): Promise<void>;
}

/** Makes a new key pair by gpg. */
export async function newPgpKey(): Promise<PgpKey> {
  const folder = await privateFolder('gpg');
  const gnupgHome = join(folder.path, 'h');
  await mkdir(gnupgHome, { mode: 0o700 });
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: folder.path, GNUPGHOME: gnupgHome },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  run(
    'gpg',
    '--batch',
    '--passphrase',
    '',
    '--quick-gen-key',
    'keys@example.com',
    'default',
    'default',
    'never',
  );
  const listed = run('gpg', '--list-keys', '--with-colons');
  return {
    fingerprint: /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? '',
    privateKey: run('gpg', '--batch', '--armor', '--export-secret-keys'),
    gnupgHome,
    close: async () => {
      run('gpgconf', '--kill', 'gpg-agent');
      await folder.remove();
    },
  };
}
