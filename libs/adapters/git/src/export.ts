import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { TreeEntry } from '@tiphys/ports';

const BLOBS_AT_ONCE = 200;

export interface ExportSource {
  readonly entries: readonly TreeEntry[];
  readonly read: (ids: readonly string[]) => Promise<readonly Uint8Array[]>;
  /** Bytes of all files together. */
  readonly maxBytes: number;
}

/**
 * Writes the entries of a tree below an empty directory, files read-only. Names were checked when the trees were read and none
 * comes twice, and links are made last, so that nothing is ever written through one.
 */
export async function writeTree(directory: string, source: ExportSource): Promise<void> {
  const { entries } = source;
  for (const entry of entries) {
    if (entry.mode === 'directory' || entry.mode === 'submodule') await mkdir(join(directory, entry.path));
  }
  let written = 0;
  const files = entries.filter(({ mode }) => mode === 'file' || mode === 'executable');
  for (let at = 0; at < files.length; at += BLOBS_AT_ONCE) {
    const part = files.slice(at, at + BLOBS_AT_ONCE);
    const contents = await source.read(part.map(({ id }) => id));
    written += contents.reduce((sum, content) => sum + content.length, 0);
    if (written > source.maxBytes) throw tooLarge(source.maxBytes);
    await Promise.all(part.map((entry, index) => writeEntry(directory, entry, contents[index])));
  }
  await writeLinks(directory, source);
}

async function writeEntry(directory: string, entry: TreeEntry, content?: Uint8Array): Promise<void> {
  const mode = entry.mode === 'executable' ? 0o555 : 0o444;
  await writeFile(join(directory, entry.path), content ?? '', { flag: 'wx', mode });
}

async function writeLinks(directory: string, source: ExportSource): Promise<void> {
  const links = source.entries.filter(({ mode }) => mode === 'symlink');
  const targets = await source.read(links.map(({ id }) => id));
  for (const [index, link] of links.entries()) {
    const target = Buffer.from(targets[index] ?? []).toString('utf8');
    if (target === '' || target.includes('\0')) {
      throw new TiphysError('invalid', `${link.path}: the symlink leads nowhere`);
    }
    await symlink(target, join(directory, link.path));
  }
}

const tooLarge = (limit: number): TiphysError =>
  new TiphysError('resource-exhausted', `the directory holds more than ${limit} bytes`);
