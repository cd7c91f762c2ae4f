import { posix } from 'node:path';
import { isJsonnetFile } from '@tiphys/adapter-directory';
import { jsonnetInputs } from '@tiphys/adapter-jsonnet';
import type { TreeEntry } from '@tiphys/ports';
import { GitRoot } from '../git-root.ts';
import type { GitSourceView } from '../source-view.ts';
import { distinct, wholeRepository, withLinkTargets, type Input } from './input.ts';

/**
 * All that a directory with Jsonnet files reads from its repository: itself, its libraries and what is imported from
 * elsewhere. Where a link is on the way, the whole repository.
 */
export async function directoryInputs(
  { snapshot, top, path, source }: GitSourceView,
  chosen: readonly TreeEntry[],
): Promise<readonly Input[]> {
  const programs = chosen
    .filter((file) => isJsonnetFile(file.path))
    .map((file) => posix.join(path, file.path));
  const settings = source.directory?.jsonnet;
  const { files, libraries } = await jsonnetInputs(new GitRoot(snapshot), { path, settings }, programs);
  const found: Input[] = [top];
  for (const name of [...libraries.filter((library) => library !== path), ...files]) {
    const entry = await snapshot.find(name);
    if (entry.path !== (name === '.' ? '' : name)) return wholeRepository(snapshot);
    found.push(entry);
  }
  return withLinkTargets(snapshot, distinct(found));
}
