import { dirname, isAbsolute, join, normalize } from 'node:path/posix';
import { hasCode, TiphysError } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { findImports, type JsonnetImport } from './imports.ts';

export interface ImportSearch {
  readonly root: RepoRoot;
  /** Library directories relative to the root. */
  readonly libraries: readonly string[];
}

const MAX_FILES = 10_000;

interface Pending {
  /** File that holds the imports, or the name of a variable with code. */
  readonly name: string;
  readonly directory: string;
  readonly text: string;
}

/**
 * Every file that a program can read: itself and what it imports, through all files, in all places that an import may
 * mean. Refuses, before anything runs, a program that could read outside the repository: absolute imports, `..` beyond
 * the root and symlinks that leave it. `file`, the directories and the result are relative to the root; `snippets` are
 * variables given as code. Errors are TiphysError `invalid` that name the import and where it is.
 */
export async function importClosure(
  search: ImportSearch,
  file: string,
  snippets: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const pending: Pending[] = Object.entries(snippets).map(([name, text]) => ({ name, directory: '.', text }));
  pending.push({ name: file, directory: dirname(file), text: await search.root.readFile(file) });
  const read = new Set([normalize(file)]);
  const followed = new Set(read);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { path, kind } of await importedFiles(search, next)) {
      if (read.add(path).size > MAX_FILES) throw tooMany(file);
      // What one file reads as data another may import as code.
      if (kind === 'data' || followed.has(path)) continue;
      followed.add(path);
      pending.push({ name: path, directory: dirname(path), text: await search.root.readFile(path) });
    }
  }
  return [...read].sort();
}

async function importedFiles(search: ImportSearch, from: Pending): Promise<readonly JsonnetImport[]> {
  const files: JsonnetImport[] = [];
  for (const found of findImports(from.text)) {
    for (const path of candidates(search, from, found.path)) {
      const exists = await existsInside(search.root, path, { from: from.name, path: found.path });
      if (exists) files.push({ path, kind: found.kind });
    }
  }
  return files;
}

function candidates(search: ImportSearch, from: Pending, path: string): readonly string[] {
  if (isAbsolute(path)) throw refused(from.name, path, 'is absolute');
  const places = [...new Set([from.directory, ...search.libraries])].map((place) => join(place, path));
  if (places.some((place) => place === '..' || place.startsWith('../'))) {
    throw refused(from.name, path, 'leads out of the repository');
  }
  return places;
}

async function existsInside(
  root: RepoRoot,
  candidate: string,
  where: { readonly from: string; readonly path: string },
): Promise<boolean> {
  try {
    await root.resolve(candidate);
    return true;
  } catch (error) {
    if (hasCode(error, 'not-found')) return false;
    if (hasCode(error, 'invalid'))
      throw refused(where.from, where.path, 'leads out of the repository', error);
    throw error;
  }
}

const refused = (from: string, path: string, why: string, cause?: unknown): TiphysError =>
  new TiphysError('invalid', `the import ${JSON.stringify(path)} in ${from} ${why}`, { cause });

const tooMany = (file: string): TiphysError =>
  new TiphysError('resource-exhausted', `${file} imports more than ${String(MAX_FILES)} files`);
