import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { isTiphysError, messageOf, TiphysError } from '@tiphys/model';
import type { Unpacker, UnpackLimits } from '@tiphys/ports';
import { safeLinkTarget, safeName } from './names.ts';

const DEFAULT_MAX_BYTES = 1024 ** 3;
const DEFAULT_MAX_ENTRIES = 20_000;
const GZIP_MAGIC = [0x1f, 0x8b];
const EXECUTABLE = 0o100;
const PERMISSIONS = 0o777;

type Entry = AsyncIterable<Uint8Array> & { resume(): void };
type Options = UnpackLimits & { readonly name: string };

/** Makes the unpacker of charts and artifacts. See Unpacker for its contract. */
export function createTarUnpacker(): Unpacker {
  return { unpack };
}

async function unpack(archive: Uint8Array, directory: string, options: Options): Promise<void> {
  const zipped = GZIP_MAGIC.every((byte, index) => archive[index] === byte);
  const entries = new EntryWriter(directory, options);
  const source = Readable.from([Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)]);
  const tar = extract();
  const read = zipped ? pipeline(source, createGunzip(), tar) : pipeline(source, tar);
  const write = async (): Promise<void> => {
    for await (const entry of tar) await entries.write(entry.header, entry as unknown as Entry);
  };
  try {
    await Promise.all([read, write()]);
  } catch (error) {
    if (isTiphysError(error)) throw error;
    throw new TiphysError('invalid', `${options.name} cannot be unpacked: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (entries.count === 0) throw new TiphysError('invalid', `${options.name} is empty or no tar archive`);
}

class EntryWriter {
  readonly #directory: string;
  readonly #options: Options;
  readonly #links = new Set<string>();
  #bytes = 0;
  count = 0;

  constructor(directory: string, options: Options) {
    this.#directory = directory;
    this.#options = options;
  }

  async write(header: Header, body: Entry): Promise<void> {
    this.#countEntry(header);
    const name = safeName(header.name);
    if (name === undefined) throw this.#refused(header, 'its name leads out of the archive');
    if (this.#isBelowLink(name)) throw this.#refused(header, 'it lies below a link');
    const target = join(this.#directory, name);
    switch (header.type) {
      case 'directory':
        await mkdir(target, { recursive: true, mode: 0o755 });
        break;
      case 'file':
      case 'contiguous-file':
        await this.#writeFile(target, header, body);
        return;
      case 'symlink':
        await this.#writeLink(target, name, header);
        break;
      default:
        throw this.#refused(header, `a ${header.type} is not allowed`);
    }
    body.resume();
  }

  /** A link's target was judged by the place of the link; nothing may be put where that place is not what it seems. */
  #isBelowLink(name: string): boolean {
    const parts = name.split('/');
    return parts.some((_, index) => this.#links.has(parts.slice(0, index + 1).join('/')));
  }

  #countEntry(header: Header): void {
    this.count += 1;
    this.#bytes += header.size;
    const maxEntries = this.#options.maxEntries ?? DEFAULT_MAX_ENTRIES;
    const maxBytes = this.#options.maxBytes ?? DEFAULT_MAX_BYTES;
    if (this.count > maxEntries) throw this.#tooMuch(`more than ${String(maxEntries)} entries`);
    if (this.#bytes > maxBytes) throw this.#tooMuch(`more than ${String(maxBytes)} bytes`);
  }

  async #writeFile(target: string, header: Header, body: Entry): Promise<void> {
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    const mode = (header.mode & EXECUTABLE) === 0 ? 0o644 : 0o755;
    await pipeline(body, createWriteStream(target, { flags: 'wx', mode }));
    // The process's umask has no say in what the archive says.
    if (this.#options.keepModes === true) await chmod(target, header.mode & PERMISSIONS);
  }

  async #writeLink(target: string, name: string, header: Header): Promise<void> {
    const to = safeLinkTarget(name, header.linkname);
    if (to === undefined) throw this.#refused(header, 'the link leads out of the archive');
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await symlink(to, target);
    this.#links.add(name);
  }

  #refused(header: Header, why: string): TiphysError {
    return new TiphysError('invalid', `${this.#options.name}: ${JSON.stringify(header.name)}: ${why}`);
  }

  #tooMuch(what: string): TiphysError {
    return new TiphysError('resource-exhausted', `${this.#options.name} holds ${what}`);
  }
}
