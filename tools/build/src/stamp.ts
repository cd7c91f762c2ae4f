import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root } from './entries.ts';

/** What a bundle was made of: a hash for each input, relative to the root. */
export type Stamp = Readonly<Record<string, string>>;

/** A bundle by its name, and the folder that it is in. */
export interface BuiltProgram {
  readonly name: string;
  readonly folder: string;
}

/** Changes of these make every bundle stale. */
const always = ['package-lock.json', 'tools/build/src/bundle.ts'];

/** The stamp of a bundle that was just made from these files. */
export function stampOf(inputs: readonly string[]): Stamp {
  const paths = [...new Set([...inputs.map((file) => relative(root, file)), ...always])].sort();
  return Object.fromEntries(paths.map((path) => [path, hashOf(path)]));
}

/** Whether the bundle is there and all that it was made of is as it was. */
export function isFresh(built: BuiltProgram): boolean {
  const file = stampFile(built);
  if (!existsSync(join(built.folder, `${built.name}.js`)) || !existsSync(file)) return false;
  const stamp = JSON.parse(readFileSync(file, 'utf8')) as Stamp;
  return Object.entries(stamp).every(([path, hash]) => hashOf(path) === hash);
}

export function writeStamp(built: BuiltProgram, stamp: Stamp): void {
  writeFileSync(stampFile(built), JSON.stringify(stamp));
}

function stampFile({ name, folder }: BuiltProgram): string {
  return join(folder, `.${name}.stamp.json`);
}

function hashOf(path: string): string {
  const file = resolve(root, path);
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('base64') : 'absent';
}
