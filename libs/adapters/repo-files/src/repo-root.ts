import { constants } from 'node:fs';
import { open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { TiphysError, type ErrorCode } from '@tiphys/model';
import type { RepoFiles, RepoRoot } from '@tiphys/ports';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Opens directories as roots: see RepoRoot for what they refuse. */
export function createRepoFiles(): RepoFiles {
  return {
    open: async (directory) => new DirectoryRoot(await realpath(directory)),
  };
}

class DirectoryRoot implements RepoRoot {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  async resolve(path: string, from = '.'): Promise<string> {
    return this.#real(this.#lexical(path, from), path);
  }

  async readFile(path: string, from = '.'): Promise<string> {
    const real = await this.resolve(path, from);
    return readRegularFile(real, path);
  }

  async exists(path: string, from = '.'): Promise<boolean> {
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
    const found: string[] = [];
    await this.#visit(top, top, async (file, isLink) => {
      const shown = relative(top, file).split(sep).join('/');
      if (!isLink || (await this.#leadsToFile(file, join(path, shown)))) found.push(shown);
    });
    return found.sort();
  }

  async assertNoEscapes(path: string): Promise<void> {
    const top = await this.resolve(path);
    await this.#visit(top, top, async (file, isLink) => {
      if (!isLink) return;
      const shown = posix.join(path, relative(top, file).split(sep).join('/'));
      try {
        await this.#real(file, shown);
      } catch (error) {
        if (!(error instanceof TiphysError && error.code === 'not-found')) throw error;
        await this.#assertDanglingInside(file, shown);
      }
    });
  }

  /** Normalises what a user wrote into an absolute path below the root, before any link is looked at. */
  #lexical(path: string, from: string): string {
    if (path.includes('\0') || from.includes('\0')) throw refused('invalid', path, 'it holds a NUL');
    const base = path.startsWith('/') ? '' : from;
    const inside = posix.normalize(posix.join('.', base, path.replace(/^\/+/, '')));
    if (inside === '..' || inside.startsWith('../')) throw refused('invalid', path, OUTSIDE);
    return join(this.directory, inside);
  }

  /** The real path, which must be inside as well. */
  async #real(absolute: string, shown: string): Promise<string> {
    let real: string;
    try {
      real = await realpath(absolute);
    } catch (error) {
      throw pathError(error, shown);
    }
    if (!this.#isInside(real))
      throw refused('invalid', shown, 'a symlink on its way leads out of the repository');
    return real;
  }

  #isInside(real: string): boolean {
    const way = relative(this.directory, real);
    return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
  }

  async #leadsToFile(link: string, shown: string): Promise<boolean> {
    return (await stat(await this.#real(link, shown))).isFile();
  }

  /** A link to nothing must not point outside either: something may appear there. */
  async #assertDanglingInside(link: string, shown: string): Promise<void> {
    const target = await readlink(link);
    const way = isAbsolute(target) ? target : join(link, '..', target);
    if (!this.#isInside(way)) throw refused('invalid', shown, 'the symlink leads out of the repository');
  }

  async #visit(
    top: string,
    directory: string,
    onFile: (file: string, isLink: boolean) => Promise<void>,
  ): Promise<void> {
    let entries;
    try {
      entries = await readdir(directory, { withFileTypes: true });
    } catch (error) {
      throw pathError(error, relative(top, directory) || '.');
    }
    for (const entry of entries) {
      const full = join(directory, entry.name);
      if (entry.isDirectory()) await this.#visit(top, full, onFile);
      else if (entry.isFile()) await onFile(full, false);
      else if (entry.isSymbolicLink()) await onFile(full, true);
    }
  }
}

/** Opens the last step without following a link, so that nothing can be put in its place after the check. */
async function readRegularFile(real: string, shown: string): Promise<string> {
  const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw pathError(error, shown);
    },
  );
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refused('invalid', shown, 'it is not a file');
    if (found.size > MAX_FILE_BYTES) throw refused('resource-exhausted', shown, 'the file is too large');
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

const OUTSIDE = 'it leads out of the repository';

const refused = (code: ErrorCode, path: string, reason: string): TiphysError =>
  new TiphysError(code, `${path}: ${reason}`);

/** Tells what went wrong in the user's words; the system's own message holds paths of this machine. */
function pathError(error: unknown, shown: string): TiphysError {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refused('not-found', shown, 'no such file or directory');
    case 'ELOOP':
      return refused('invalid', shown, 'its symlinks go in circles');
    case 'ENAMETOOLONG':
      return refused('invalid', shown.slice(0, 100), 'the path is too long');
    case 'EACCES':
    case 'EPERM':
      return refused('permission-denied', shown, 'it cannot be read');
    default:
      return refused('internal', shown, (error as NodeJS.ErrnoException).code ?? 'it cannot be read');
  }
}
