import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TiphysError } from '@tiphys/model';

/** The identity of a service: its certificate and key, and the authority of all services. */
export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

export interface TlsFiles {
  readonly current: TlsIdentity;
  /** Called after each change that could be read. */
  onChange(listener: (identity: TlsIdentity) => void): void;
  close(): void;
}

const FILES = { cert: 'tls.crt', key: 'tls.key', ca: 'ca.crt' } as const;
const DEFAULT_INTERVAL_MS = 10_000;

/**
 * Reads `tls.crt`, `tls.key` and `ca.crt` of a directory and looks again every so often, so that a renewed
 * certificate needs no restart. What cannot be read on a later look is left as it was.
 */
export async function watchTlsFiles(directory: string, intervalMs = DEFAULT_INTERVAL_MS): Promise<TlsFiles> {
  const listeners = new Set<(identity: TlsIdentity) => void>();
  let seen = await fingerprint(directory);
  let current = await readIdentity(directory);
  const look = async (): Promise<void> => {
    const now = await fingerprint(directory);
    if (now === seen) return;
    current = await readIdentity(directory);
    seen = now;
    for (const listener of listeners) listener(current);
  };
  const timer = setInterval(() => {
    look().catch(() => undefined);
  }, intervalMs);
  timer.unref();
  return {
    get current() {
      return current;
    },
    onChange: (listener) => void listeners.add(listener),
    close: () => clearInterval(timer),
  };
}

async function readIdentity(directory: string): Promise<TlsIdentity> {
  const [cert, key, ca] = await Promise.all(
    [FILES.cert, FILES.key, FILES.ca].map((name) => read(directory, name)),
  );
  if (cert === undefined || key === undefined || ca === undefined)
    throw new TiphysError('internal', 'no files');
  try {
    new X509Certificate(cert);
  } catch (cause) {
    throw new TiphysError('invalid', `${FILES.cert} of the internal TLS directory is no certificate`, {
      cause,
    });
  }
  return { cert, key, ca };
}

async function read(directory: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(directory, name));
  } catch (cause) {
    throw new TiphysError(
      'failed-precondition',
      `the internal TLS directory must hold ${Object.values(FILES).join(', ')}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

async function fingerprint(directory: string): Promise<string> {
  const stats = await Promise.all(
    Object.values(FILES).map((name) => stat(join(directory, name)).catch(() => null)),
  );
  return stats
    .map((found) => (found === null ? '-' : `${found.ino}:${found.mtimeMs}:${found.size}`))
    .join(' ');
}
