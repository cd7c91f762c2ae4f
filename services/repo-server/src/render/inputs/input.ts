import type { TreeEntry } from '@tiphys/ports';
import type { Snapshot } from '../snapshot.ts';

/** A file or directory of a commit that a render reads: where it stands (`path`) and what it is (`id`). */
export type Input = TreeEntry;

/** The whole repository, for renders whose reach cannot be told. */
export const wholeRepository = async (snapshot: Snapshot): Promise<readonly Input[]> => [
  await snapshot.find('.'),
];

/**
 * The inputs when all links in them stay inside their directories; else the whole repository, so that what they
 * lead to is there as well.
 */
export async function withLinkTargets(
  snapshot: Snapshot,
  inputs: readonly Input[],
): Promise<readonly Input[]> {
  for (const input of inputs) {
    if (input.mode === 'directory' && (await hasLinksOut(snapshot, input))) return wholeRepository(snapshot);
  }
  return inputs;
}

async function hasLinksOut(snapshot: Snapshot, directory: Input): Promise<boolean> {
  const links = (await snapshot.listAll(directory.id)).filter(({ mode }) => mode === 'symlink');
  for (const link of links) {
    const target = await snapshot.find(joined(directory.path, link.path)).catch(() => undefined);
    if (target !== undefined && !isBelow(target.path, directory.path)) return true;
  }
  return false;
}

/** Whether a path is a directory or in it. */
export const isBelow = (path: string, directory: string): boolean =>
  directory === '' || path === directory || path.startsWith(`${directory}/`);

/** Leaves out what another input already holds. */
export function distinct(inputs: readonly Input[]): readonly Input[] {
  const directories = inputs.filter(({ mode }) => mode === 'directory').map(({ path }) => path);
  const covered = (input: Input): boolean =>
    directories.some((directory) => directory !== input.path && isBelow(input.path, directory));
  const unique = new Map(inputs.filter((input) => !covered(input)).map((input) => [input.path, input]));
  return [...unique.values()];
}

const joined = (directory: string, path: string): string =>
  directory === '' ? path : `${directory}/${path}`;

/** Names a set of inputs. */
export const contentOf = (inputs: readonly Input[]): readonly string[] =>
  [...inputs]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap((input) => [input.path, input.mode, input.id]);
