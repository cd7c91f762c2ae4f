import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { compileGlob } from '@tiphys/glob';
import { Failure } from '../program/failure.ts';

export interface PackOptions {
  /** Directory inside the archive that the files come into; default its root. */
  readonly below?: string;
  /** Globs over the names of files, whatever their directory; default all. Directories always count. */
  readonly include?: readonly string[];
}

/** Bytes of the files: what a server takes at most unless told otherwise. */
const MAX_BYTES = 1_000_000_000;
const MAX_ENTRIES = 20_000;
const EXECUTABLE = 0o100;

/** A gzipped tar archive of a directory, the same bytes for the same files. What belongs to git is left out. */
export async function packDirectory(directory: string, options: PackOptions = {}): Promise<Buffer> {
  const archive = pack();
  const chunks: Uint8Array[] = [];
  const reading = (async () => {
    for await (const chunk of archive as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  })();
  await new Packer(directory, archive, options).add('');
  archive.finalize();
  await reading;
  return gzipSync(Buffer.concat(chunks));
}

class Packer {
  readonly #root: string;
  readonly #archive: Pack;
  readonly #below: string;
  readonly #includes: readonly ((name: string) => boolean)[] | undefined;
  #entries = 0;
  #bytes = 0;

  constructor(root: string, archive: Pack, { below = '', include }: PackOptions) {
    this.#root = root;
    this.#archive = archive;
    this.#below = below;
    this.#includes = include?.map(globOf);
  }

  async add(directory: string): Promise<void> {
    for (const name of (await readdir(join(this.#root, directory))).sort()) {
      if (name !== '.git') await this.#addEntry(posix.join(directory, name), name);
    }
  }

  async #addEntry(path: string, base: string): Promise<void> {
    const full = join(this.#root, path);
    const found = await lstat(full);
    const name = posix.join(this.#below, path);
    if (found.isDirectory()) {
      this.#count(0);
      this.#archive.entry({ name: `${name}/`, type: 'directory', mode: 0o755, mtime: new Date(0) });
      await this.add(path);
      return;
    }
    if (this.#includes !== undefined && !this.#includes.some((matches) => matches(base))) return;
    if (found.isSymbolicLink()) {
      this.#count(0);
      const linkname = await readlink(full);
      this.#archive.entry({ name, type: 'symlink', linkname, mtime: new Date(0) });
    } else if (found.isFile()) {
      this.#count(found.size);
      const mode = (found.mode & EXECUTABLE) === 0 ? 0o644 : 0o755;
      this.#archive.entry({ name, mode, mtime: new Date(0) }, await readFile(full));
    }
  }

  #count(bytes: number): void {
    this.#entries += 1;
    this.#bytes += bytes;
    if (this.#entries > MAX_ENTRIES)
      throw new Failure(`${this.#root} holds more than ${String(MAX_ENTRIES)} files and directories.`);
    if (this.#bytes > MAX_BYTES)
      throw new Failure(`The files of ${this.#root} are more than ${String(MAX_BYTES)} bytes.`);
  }
}

function globOf(pattern: string): (name: string) => boolean {
  const matches = compileGlob(pattern);
  if (matches === undefined) throw new Failure(`'${pattern}' is no pattern of file names.`);
  return matches;
}
