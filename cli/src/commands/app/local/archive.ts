import { stat } from 'node:fs/promises';
import { posix, relative, resolve, sep } from 'node:path';
import { sourcesOf, type App } from '../../../api/schemas/application.ts';
import { packDirectory } from '../../../files/pack.ts';
import { Failure } from '../../../program/failure.ts';

/** Files on this machine that stand in for those of the repository. */
export interface LocalFiles {
  readonly directory: string;
  /** The root of the repository; undefined where the directory of the application is all that is sent. */
  readonly root: string | undefined;
  /** The directory is the root of the repository itself; only files whose names match are sent. */
  readonly include?: readonly string[];
}

/** The archive that the server renders: every file is where the application's source has it. */
export async function archiveOf(app: App, files: LocalFiles): Promise<Buffer> {
  const directory = resolve(files.directory);
  await assertDirectory(directory);
  const path = sourcePathOf(app);
  if (files.include !== undefined) return packDirectory(directory, { include: files.include });
  if (files.root === undefined) return packDirectory(directory, { below: path === '.' ? '' : path });
  const root = resolve(files.root);
  await assertDirectory(root);
  const found = relative(root, directory).split(sep).join('/') || '.';
  if (found === path) return packDirectory(root);
  throw new Failure(
    `The application is rendered from '${path}', but ${files.directory} is '${found}' below ${files.root}.`,
    { hints: ['Give the root of the repository with --local-repo-root.'] },
  );
}

/** Where the one source of an application lies in its repository. */
function sourcePathOf(app: App): string {
  const [source, ...others] = sourcesOf(app);
  if (source === undefined || others.length > 0)
    throw new Failure('Local files can stand in for the repository of an application with one source only.');
  return posix.normalize(source.path || '.').replace(/\/+$/u, '');
}

async function assertDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new Failure(`${path} is no directory.`);
}
