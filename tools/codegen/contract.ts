import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

/** The internal contracts as the last release speaks them. A change that it cannot be read by is a break. */
export const BASELINE = join(root, 'proto', 'baseline', 'tiphys.binpb');

/** Runs buf over `proto/tiphys`; throws with what it found. */
export function buf(args: readonly string[], directory = join(root, 'proto')): string {
  try {
    return execFileSync(join(root, 'node_modules/.bin/buf'), [...args], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`buf ${args[0] ?? ''}: ${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}
