import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder, releaseFolder } from './guard.ts';

export interface PrivateFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A new folder that only this user may enter and that goes away with this process at the latest. */
export async function privateFolder(prefix: string): Promise<PrivateFolder> {
  const path = await mkdtemp(join(tmpdir(), `tiphys-${prefix}-`));
  guardFolder(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      releaseFolder(path);
    },
  };
}
