import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRepoFiles } from '@tiphys/adapter-repo-files';
import type { RepoRoot } from '@tiphys/ports';

/** Contents by path; `{ link }` makes a symlink with that target. */
export type TreeFiles = Readonly<Record<string, string | Uint8Array | { readonly link: string }>>;

export interface GivenTree {
  readonly root: RepoRoot;
  /** A directory beside the root, for things that must stay out of reach. */
  readonly outside: string;
  remove(): Promise<void>;
}

/** A repository tree on disk in a directory of its own. */
export async function givenTree(files: TreeFiles): Promise<GivenTree> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'tiphys-tree-')));
  const [directory, outside] = [join(base, 'root'), join(base, 'outside')];
  await mkdir(directory);
  await mkdir(outside);
  for (const [path, content] of Object.entries(files)) await place(join(directory, path), content);
  return {
    root: await createRepoFiles().open(directory),
    outside,
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

async function place(file: string, content: TreeFiles[string]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  if (typeof content === 'object' && 'link' in content) await symlink(content.link, file);
  else await writeFile(file, content);
}
