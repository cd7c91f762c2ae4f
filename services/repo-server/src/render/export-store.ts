import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull } from '../failures.ts';

interface StoreLimits {
  /** Exports kept on disk. */
  readonly maxEntries: number;
  /** Bytes of all of them together. */
  readonly maxBytes: number;
}

export interface ExportStoreOptions extends StoreLimits {
  readonly directory: string;
}

interface Entry {
  readonly ready: Promise<string>;
  users: number;
  bytes: number;
}

/**
 * Directories on disk named by their content: written once, then only read, by any number of readers at once. Those
 * that nobody reads leave in the order of their last use when there are too many.
 */
export class ExportStore {
  readonly #options: ExportStoreOptions;
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry>();

  private constructor(options: ExportStoreOptions) {
    this.#options = options;
  }

  /** Opens an empty store: what an earlier process left is removed. */
  static async open(options: ExportStoreOptions): Promise<ExportStore> {
    await rm(options.directory, { recursive: true, force: true, maxRetries: 3 });
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    return new ExportStore(options);
  }

  /**
   * Lends a directory to a task. `produce` fills it when it is not there yet and may return the directory inside it
   * that is meant.
   */
  async use<T>(
    key: string,
    produce: (directory: string) => Promise<string | undefined>,
    task: (directory: string) => Promise<T>,
  ): Promise<T> {
    const entry = this.#entries.get(key) ?? this.#create(key, produce);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users += 1;
    try {
      return await task(await entry.ready);
    } finally {
      entry.users -= 1;
      if (this.#entries.get(key) === entry) await this.#evict();
      else if (entry.users === 0) await this.#remove(entry);
    }
  }

  /** Lets go of what is kept under a key: who reads it goes on, who comes next gets it made anew. */
  async forget(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    if (entry.users === 0) await this.#remove(entry);
  }

  #create(key: string, produce: (directory: string) => Promise<string | undefined>): Entry {
    const directory = join(this.#options.directory, randomUUID());
    const entry: Entry = { users: 0, bytes: 0, ready: this.#fillWithRoom(directory, produce) };
    entry.ready.then(
      async () => {
        entry.bytes = await sizeOf(directory);
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry;
  }

  /** A full disk is tried once more after all that nobody reads is gone. */
  async #fillWithRoom(
    directory: string,
    produce: (directory: string) => Promise<string | undefined>,
  ): Promise<string> {
    try {
      return await this.#fill(directory, produce);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await this.#evict({ maxEntries: 0, maxBytes: 0 });
      return this.#fill(directory, produce);
    }
  }

  async #fill(
    directory: string,
    produce: (directory: string) => Promise<string | undefined>,
  ): Promise<string> {
    const fresh = `${directory}.new`;
    await mkdir(fresh, { mode: 0o700 });
    try {
      const inside = await produce(fresh);
      await rename(fresh, directory);
      return inside === undefined ? directory : inside.replace(fresh, directory);
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      throw error;
    }
  }

  async #evict({ maxEntries, maxBytes }: StoreLimits = this.#options): Promise<void> {
    let bytes = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= maxEntries && bytes <= maxBytes) return;
      if (entry.users > 0) continue;
      this.#entries.delete(key);
      bytes -= entry.bytes;
      await this.#remove(entry);
    }
  }

  async #remove({ ready }: Entry): Promise<void> {
    // What could not be made left nothing behind; its users know.
    const directory = await ready.catch(() => undefined);
    if (directory === undefined) return;
    await rm(topOf(directory, this.#options.directory), { recursive: true, force: true });
  }
}

/** The store's own directory that a lent one is, or is in. */
function topOf(directory: string, store: string): string {
  const [name = ''] = directory.slice(store.length + 1).split('/');
  return join(store, name);
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
