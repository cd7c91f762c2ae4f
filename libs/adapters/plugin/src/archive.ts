import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, relative } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { compileGlob } from '@tiphys/glob';
import { TiphysError } from '@tiphys/model';
import type { PackedFiles } from '@tiphys/ports';

export interface PackOptions {
  /** Where the archive is written. */
  readonly file: string;
  /** Globs over paths from the directory; what is below a directory that one matches is left out too. */
  readonly exclude?: readonly string[];
  /** Bytes of the files before they are packed. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Default 20 000. */
  readonly maxEntries?: number;
}

const DEFAULT_MAX_BYTES = 1024 ** 3;
const DEFAULT_MAX_ENTRIES = 20_000;
/** What is only read here is the plugin's own there. */
const OWNER_WRITES = 0o200;
/** Fast beats small on a socket of the same machine. */
const GZIP_LEVEL = 1;

/**
 * Packs a directory for a plugin. Symlinks stay symlinks and are refused (`invalid`) where they lead out of it; too much
 * is `resource-exhausted`.
 */
export async function packDirectory(directory: string, options: PackOptions): Promise<PackedFiles> {
  const root = await realpath(directory);
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const tar = pack();
  const writing = pipeline(
    tar,
    createGzip({ level: GZIP_LEVEL }),
    measure,
    createWriteStream(options.file, { flags: 'wx', mode: 0o600 }),
  );
  const adding = new Packer(root, tar, options).add('').then(
    () => tar.finalize(),
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : undefined);
      throw error;
    },
  );
  const [added, written] = await Promise.allSettled([adding, writing]);
  for (const outcome of [added, written]) if (outcome.status === 'rejected') throw outcome.reason;
  return { file: options.file, checksum: hash.digest('hex'), size };
}

class Packer {
  readonly #root: string;
  readonly #tar: Pack;
  readonly #options: PackOptions;
  readonly #excludes: readonly ((path: string) => boolean)[];
  #bytes = 0;
  #entries = 0;

  constructor(root: string, tar: Pack, options: PackOptions) {
    this.#root = root;
    this.#tar = tar;
    this.#options = options;
    this.#excludes = (options.exclude ?? []).map(compiled);
  }

  async add(directory: string): Promise<void> {
    const entries = await readdir(join(this.#root, directory));
    for (const name of entries.sort()) {
      const path = posix.join(directory, name);
      if (this.#excludes.some((matches) => matches(path))) continue;
      await this.#addEntry(path);
    }
  }

  async #addEntry(path: string): Promise<void> {
    const full = join(this.#root, path);
    const found = await lstat(full);
    this.#count(found.isFile() ? found.size : 0);
    const header = { name: path, mode: (found.mode & 0o777) | OWNER_WRITES, mtime: new Date(0) };
    if (found.isDirectory()) {
      await this.#entry({ ...header, name: `${path}/`, type: 'directory' });
      await this.add(path);
    } else if (found.isSymbolicLink()) {
      await this.#entry({ ...header, type: 'symlink', linkname: await this.#linkTarget(path) });
    } else if (found.isFile()) {
      await this.#file({ ...header, type: 'file', size: found.size }, full);
    } else {
      throw new TiphysError('invalid', `${path} is neither a file, a directory nor a symlink`);
    }
  }

  #count(bytes: number): void {
    const { maxBytes = DEFAULT_MAX_BYTES, maxEntries = DEFAULT_MAX_ENTRIES } = this.#options;
    this.#bytes += bytes;
    this.#entries += 1;
    const limit =
      this.#entries > maxEntries
        ? `${String(maxEntries)} entries`
        : this.#bytes > maxBytes
          ? `${String(maxBytes)} bytes`
          : undefined;
    if (limit === undefined) return;
    throw new TiphysError(
      'resource-exhausted',
      `the files for the plugin are more than ${limit}: leave some out by reposerver.plugin.tar.exclusions, or name ` +
        'those that count by the annotation argocd.argoproj.io/manifest-generate-paths',
    );
  }

  async #linkTarget(path: string): Promise<string> {
    const full = join(this.#root, path);
    const target = await readlink(full);
    const place = relative(this.#root, isAbsolute(target) ? target : join(dirname(full), target));
    if (isAbsolute(target) || place === '..' || place.startsWith('../')) {
      throw new TiphysError('invalid', `${path}: the symlink leads out of the files that the plugin gets`);
    }
    return target;
  }

  #entry(header: Parameters<Pack['entry']>[0]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tar.entry(header, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #file(header: Parameters<Pack['entry']>[0], full: string): Promise<void> {
    await pipeline(createReadStream(full), this.#tar.entry(header));
  }
}

function compiled(pattern: string): (path: string) => boolean {
  const matches = compileGlob(pattern, { separator: '/' });
  if (matches !== undefined) return matches;
  throw new TiphysError(
    'invalid',
    `reposerver.plugin.tar.exclusions: ${JSON.stringify(pattern)} is not a glob`,
  );
}
