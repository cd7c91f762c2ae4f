import { join } from 'node:path/posix';
import type { DirectorySource, JsonnetVar } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { importClosure } from './contained-imports.ts';

export type JsonnetSettings = NonNullable<DirectorySource['jsonnet']>;

/** What Jsonnet files read, relative to the root of the repository. */
export interface JsonnetInputs {
  readonly files: readonly string[];
  /** The libraries that there are. */
  readonly libraries: readonly string[];
}

/**
 * The closure of files that Jsonnet files of the application in `path` read. `files` are relative to the root. The same
 * errors as `importClosure`.
 */
export async function jsonnetInputs(
  root: RepoRoot,
  { path, settings = {} }: { readonly path: string; readonly settings?: JsonnetSettings | undefined },
  files: readonly string[],
): Promise<JsonnetInputs> {
  const libraries = await librariesIn(root, path, settings);
  const found = new Set<string>();
  for (const file of files) {
    for (const read of await importClosure({ root, libraries }, file, codeOf(settings))) found.add(read);
  }
  return { files: [...found].sort(), libraries };
}

/**
 * Where imports are looked for: beside the application's files, then in its libraries. A library that is not there holds
 * nothing; one beyond the root is `invalid`.
 */
export async function librariesIn(
  root: RepoRoot,
  path: string,
  settings: JsonnetSettings,
): Promise<readonly string[]> {
  const libraries = (settings.libs ?? []).map(fromRoot);
  const present = await Promise.all(libraries.map((library) => root.exists(library)));
  return [path, ...libraries.filter((_library, index) => present[index])];
}

/** Library paths start at the root of the repository, with or without a slash. */
const fromRoot = (path: string): string => join('.', path.replace(/^\/+/, '') || '.');

/** The variables that hold code, by what errors call them. */
export function codeOf(settings: JsonnetSettings): Readonly<Record<string, string>> {
  const all: readonly JsonnetVar[] = [...(settings.extVars ?? []), ...(settings.tlas ?? [])];
  return Object.fromEntries(
    all.filter((one) => one.code === true).map((one) => [`the variable ${one.name}`, one.value]),
  );
}
