import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from '@tiphys/testing/system';

/** Logs, the example repository and `dev.json`; `TIPHYS_STATE_DIR` puts them elsewhere. */
export const stateFolder: string = resolve(
  process.env['TIPHYS_STATE_DIR'] || join(repositoryRoot, '.tiphys'),
);
export const logFolder: string = join(stateFolder, 'logs');

const file = join(stateFolder, 'dev.json');

const schema = z.object({
  /** The process that holds everything up. */
  pid: z.number().int(),
  apiUrl: z.string(),
  adminPassword: z.string(),
  kubeconfig: z.string(),
  gitUrl: z.string(),
  namespace: z.string(),
  /** The processes of the services, by pod. */
  services: z.record(z.string(), z.number().int()),
});

/** What scripts need to know of a running development system; `.tiphys/dev.json`. */
export type DevFile = z.infer<typeof schema>;

export async function writeDevFile(content: DevFile): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

export async function removeDevFile(): Promise<void> {
  await rm(file, { force: true });
}

/** The development system of this checkout that is still up, if there is one. */
export function runningSystem(): DevFile | undefined {
  if (!existsSync(file)) return undefined;
  const found = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return found.success && isAlive(found.data.pid) ? found.data : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
