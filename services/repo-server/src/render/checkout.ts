import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RepoFiles, RepoRoot } from '@tiphys/ports';
import type { ExportStore } from './export-store.ts';
import { contentOf, type Input } from './inputs/input.ts';
import type { Snapshot } from './snapshot.ts';

/** Puts inputs of commits on disk, each where it stands in its repository, and nothing else. */
export class Checkouts {
  readonly #store: ExportStore;
  readonly #files: RepoFiles;

  constructor(store: ExportStore, files: RepoFiles) {
    this.#store = store;
    this.#files = files;
  }

  /** Lends a root that holds the inputs to a task. The same inputs share one directory. */
  use<T>(snapshot: Snapshot, inputs: readonly Input[], task: (root: RepoRoot) => Promise<T>): Promise<T> {
    const key = createHash('sha256')
      .update(JSON.stringify(contentOf(inputs)))
      .digest('hex');
    return this.#store.use(
      `git:${key}`,
      async (directory) => {
        await writeInputs(directory, snapshot, inputs);
        return undefined;
      },
      async (directory) => task(await this.#files.open(directory)),
    );
  }
}

async function writeInputs(directory: string, snapshot: Snapshot, inputs: readonly Input[]): Promise<void> {
  const trees = inputs.filter(({ mode }) => mode === 'directory');
  for (const tree of trees) {
    const target = join(directory, tree.path);
    await mkdir(target, { recursive: true });
    await snapshot.exportTree(tree.id, target);
  }
  const files = inputs.filter(({ mode }) => mode === 'file' || mode === 'executable');
  const contents = await snapshot.readBlobs(files.map(({ id }) => id));
  for (const [index, file] of files.entries()) {
    const target = join(directory, file.path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, contents[index] ?? '', { flag: 'wx', mode: 0o444 });
  }
}
