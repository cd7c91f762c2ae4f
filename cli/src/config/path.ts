import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { environmentValue, type Env } from '../program/globals.ts';

/**
 * Where the configuration is: `--config`, the folder of `TIPHYS_CONFIG_DIR` or `ARGOCD_CONFIG_DIR`, `~/.argocd` where
 * that exists, else `$XDG_CONFIG_HOME/argocd` or `~/.config/argocd` (wire/cli.tsv, notes). One file serves this client
 * and the reference's.
 */
export function configPath(flag: string | undefined, env: Env): string {
  if (flag !== undefined && flag !== '') return flag;
  const dir = environmentValue(env, 'CONFIG_DIR');
  if (dir !== undefined) return join(dir, 'config');
  const home = env['HOME'] ?? homedir();
  const legacy = join(home, '.argocd');
  if (existsSync(legacy)) return join(legacy, 'config');
  const base = env['XDG_CONFIG_HOME'] ?? '';
  return join(base === '' ? join(home, '.config') : base, 'argocd', 'config');
}
