import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { TiphysError } from '@tiphys/model';
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
    root: new DiskRoot(directory),
    outside,
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

async function place(file: string, content: TreeFiles[string]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  if (typeof content === 'object' && 'link' in content) await symlink(content.link, file);
  else await writeFile(file, content);
}

class DiskRoot implements RepoRoot {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  async resolve(path: string, from = '.'): Promise<string> {
    const place = resolve(this.directory, path.startsWith('/') ? `.${path}` : join(from, path));
    this.#assertInside(place, path);
    try {
      const real = await realpath(place);
      this.#assertInside(real, path);
      return real;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      throw new TiphysError('not-found', `${path} does not exist`, { cause: error });
    }
  }

  async readFile(path: string, from?: string): Promise<string> {
    return readFile(await this.resolve(path, from), 'utf8');
  }

  async exists(path: string, from?: string): Promise<boolean> {
    try {
      await this.resolve(path, from);
      return true;
    } catch (error) {
      if (error instanceof TiphysError && error.code === 'not-found') return false;
      throw error;
    }
  }

  async walk(path: string): Promise<readonly string[]> {
    const top = await this.resolve(path);
    const entries = await readdir(top, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => relative(top, join(entry.parentPath, entry.name)))
      .sort();
  }

  async assertNoEscapes(path: string): Promise<void> {
    for (const file of await this.walk(path)) await this.exists(join(path, file));
  }

  #assertInside(place: string, path: string): void {
    if (place === this.directory || place.startsWith(this.directory + sep)) return;
    throw new TiphysError('invalid', `${path} leads out of the repository`);
  }
}
