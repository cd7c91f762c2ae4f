import type { Repository } from '@tiphys/model';
import type { GitSource, TreeEntry } from '@tiphys/ports';

/** More directories than this are not walked. */
const MAX_DIRECTORIES = 5_000;

interface Pair {
  readonly path: string;
  /** Tree ids; undefined where the directory is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * Paths of the files that differ between two commits in the mirror; undefined where there are too many. Only trees
 * whose ids differ are read, so the work grows with the change rather than with the repository.
 */
export async function changedFiles(
  git: GitSource,
  { repository, revision, since }: { repository: Repository; revision: string; since: string },
): Promise<readonly string[] | undefined> {
  const [before, after] = await Promise.all(
    [since, revision].map(async (sha) => (await git.find(repository, sha, '')).id),
  );
  const files: string[] = [];
  let level: readonly Pair[] = before === after ? [] : [{ path: '', before, after }];
  for (let walked = level.length; level.length > 0; walked += level.length) {
    if (walked > MAX_DIRECTORIES) return undefined;
    const found = await Promise.all(level.map((pair) => compare(git, repository, pair)));
    files.push(...found.flatMap((one) => one.files));
    level = found.flatMap((one) => one.directories);
  }
  return files;
}

async function compare(
  git: GitSource,
  repository: Repository,
  { path, before, after }: Pair,
): Promise<{ readonly files: readonly string[]; readonly directories: readonly Pair[] }> {
  const [old, fresh] = await Promise.all([
    entriesOf(git, repository, before),
    entriesOf(git, repository, after),
  ]);
  const files: string[] = [];
  const directories: Pair[] = [];
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was?.id === is?.id && was?.mode === is?.mode) continue;
    const full = path === '' ? name : `${path}/${name}`;
    if (isFile(was) || isFile(is)) files.push(full);
    const [wasTree, isTree] = [treeOf(was), treeOf(is)];
    if (wasTree !== isTree) directories.push({ path: full, before: wasTree, after: isTree });
  }
  return { files, directories };
}

async function entriesOf(
  git: GitSource,
  repository: Repository,
  tree: string | undefined,
): Promise<ReadonlyMap<string, TreeEntry>> {
  if (tree === undefined) return new Map();
  const entries = await git.listTree(repository, tree, { recursive: false });
  return new Map(entries.map((entry) => [entry.path, entry]));
}

const isFile = (entry: TreeEntry | undefined): boolean => entry !== undefined && entry.mode !== 'directory';

const treeOf = (entry: TreeEntry | undefined): string | undefined =>
  entry?.mode === 'directory' ? entry.id : undefined;
