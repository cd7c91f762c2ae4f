import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { linkerFlags } from './tools.ts';

/** The folder of `tools/go.mod`. */
export const goModuleDir: string = resolve(import.meta.dirname, '..', '..');

/**
 * The root of everything Tiphys keeps outside the checkout: `TIPHYS_CACHE_DIR`,
 * else `XDG_CACHE_HOME/tiphys`, else `~/.cache/tiphys`.
 */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['TIPHYS_CACHE_DIR'];
  if (own) return resolve(own);
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg ? resolve(xdg) : join(homedir(), '.cache'), 'tiphys');
}

/** Where the built tools of this very `go.mod`, `go.sum`, linker flags and platform live. */
export function toolCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheRoot(env), 'tools', moduleHash());
}

function moduleHash(): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(goModuleDir, file)));
  hash.update(`${linkerFlags()} ${process.platform}/${process.arch}`);
  return hash.digest('hex').slice(0, 16);
}
