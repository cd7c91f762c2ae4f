import { dirname, isAbsolute, join, normalize } from 'node:path/posix';
import { hasCode, TiphysError } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { findImports } from './imports.ts';

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
 * Refuses, before anything runs, a program that could read outside the repository: absolute imports, `..` beyond the
 * root and symlinks that leave it, through all files that it imports. `file` and the directories are relative to the
 * root; `snippets` are variables given as code. Errors are TiphysError `invalid` that name the import and where it is.
 */
export async function assertImportsStayInside(
  search: ImportSearch,
  file: string,
  snippets: Readonly<Record<string, string>>,
): Promise<void> {
  const pending: Pending[] = Object.entries(snippets).map(([name, text]) => ({ name, directory: '.', text }));
  pending.push({ name: file, directory: dirname(file), text: await search.root.readFile(file) });
  const seen = new Set([normalize(file)]);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const found of await importedFiles(search, next)) {
      if (seen.has(found)) continue;
      if (seen.add(found).size > MAX_FILES) throw tooMany(file);
      pending.push({ name: found, directory: dirname(found), text: await search.root.readFile(found) });
    }
  }
}

async function importedFiles(search: ImportSearch, from: Pending): Promise<readonly string[]> {
  const files: string[] = [];
  for (const found of findImports(from.text)) {
    for (const candidate of candidates(search, from, found.path)) {
      const exists = await existsInside(search.root, candidate, { from: from.name, path: found.path });
      if (exists && found.kind === 'code') files.push(candidate);
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
