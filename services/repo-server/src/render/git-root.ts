import { posix } from 'node:path';
import { hasCode, TiphysError } from '@tiphys/model';
import type { RepoRoot, TreeEntry } from '@tiphys/ports';
import type { Snapshot } from './snapshot.ts';

/** The files of a commit, read from the object store: for looking around before anything is written to disk. */
export class GitRoot implements RepoRoot {
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  get directory(): string {
    throw new TiphysError('internal', 'a commit in the object store has no directory');
  }

  async resolve(path: string, from = '.'): Promise<string> {
    return `/${(await this.#find(path, from)).path}`;
  }

  async readFile(path: string, from = '.'): Promise<string> {
    const entry = await this.#find(path, from);
    if (entry.mode === 'directory') throw new TiphysError('invalid', `${path}: it is not a file`);
    const [text = ''] = await this.#snapshot.readTexts([entry.id]);
    return text;
  }

  async exists(path: string, from = '.'): Promise<boolean> {
    try {
      await this.#find(path, from);
      return true;
    } catch (error) {
      if (hasCode(error, 'not-found')) return false;
      throw error;
    }
  }

  async walk(path: string): Promise<readonly string[]> {
    const top = await this.#find(path, '.');
    const entries = await this.#snapshot.listAll(top.id);
    return entries
      .filter(({ mode }) => mode !== 'directory' && mode !== 'submodule')
      .map((entry) => entry.path)
      .sort();
  }

  async assertNoEscapes(path: string): Promise<void> {
    const top = await this.#find(path, '.');
    const links = (await this.#snapshot.listAll(top.id)).filter(({ mode }) => mode === 'symlink');
    for (const link of links) await this.exists(posix.join(path, link.path));
  }

  #find(path: string, from: string): Promise<TreeEntry> {
    const inside = path.startsWith('/') ? path : posix.join(from, path);
    return this.#snapshot.find(inside);
  }
}
