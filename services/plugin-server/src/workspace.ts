import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReceivedApp } from '@tiphys/adapter-plugin';
import type { RepoFiles, Unpacker } from '@tiphys/ports';

export interface WorkspaceParts {
  readonly workDir: string;
  readonly unpacker: Unpacker;
  readonly files: RepoFiles;
  readonly keepModes: boolean;
}

/** The files of one request on disk. */
export interface Workspace {
  /** Absolute directory of the application. */
  readonly directory: string;
}

const NAME = 'tiphys-plugin-';

/** Unpacks the files of a request into a folder of its own, which is removed whatever the task does. */
export async function withWorkspace<T>(
  app: ReceivedApp,
  { workDir, unpacker, files, keepModes }: WorkspaceParts,
  task: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  await mkdir(workDir, { recursive: true });
  const folder = await mkdtemp(join(workDir, NAME));
  try {
    await unpacker.unpack(app.archive, folder, { name: 'the archive', keepModes });
    const root = await files.open(folder);
    return await task({ directory: await root.resolve(app.appPath === '' ? '.' : app.appPath) });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
