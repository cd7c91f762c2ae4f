import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TiphysError } from '@tiphys/model';

/** A commit with this trailer vouches for all that came before it. */
const SEAL = 'Argocd-gpg-seal';
const FIELDS = 3;
/** More would take minutes; a seal makes it less. */
const MAX_COMMITS = 20_000;

/** Lists ancestors; fields end with NUL, which no commit can hold. */
export const HISTORY_FORMAT = `--format=tformat:%H%x00%P%x00%(trailers:key=${SEAL},valueonly)%x00`;

interface Ancestor {
  readonly parents: readonly string[];
  readonly isSeal: boolean;
}

/** Reads what `git log` says in the form above. */
export function parseHistory(output: string): ReadonlyMap<string, Ancestor> {
  const fields = output.split('\0');
  const history = new Map<string, Ancestor>();
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const [sha = '', parents = '', seal = ''] = fields.slice(at, at + FIELDS);
    history.set(sha.trim(), {
      parents: parents.split(' ').filter((parent) => parent !== ''),
      isSeal: seal.trim() !== '',
    });
  }
  return history;
}

/**
 * The commits whose signatures vouch for a commit: itself and its ancestors, in each line to the first seal. Undefined
 * where the history at hand ends at a commit that has parents elsewhere. Errors: `failed-precondition` for too many.
 */
export function commitsToSeals(
  head: string,
  history: ReadonlyMap<string, Ancestor>,
  cutOff: ReadonlySet<string>,
): readonly string[] | undefined {
  const seen = new Set([head]);
  for (const sha of seen) {
    const commit = history.get(sha);
    if (commit === undefined) return undefined;
    if (commit.isSeal) continue;
    if (cutOff.has(sha)) return undefined;
    for (const parent of commit.parents) seen.add(parent);
    if (seen.size > MAX_COMMITS) {
      throw new TiphysError(
        'failed-precondition',
        `more than ${MAX_COMMITS} commits would have to be verified; add a signed commit with the trailer ${SEAL}`,
      );
    }
  }
  return [...seen];
}

/** Commits of a mirror that were fetched without their parents. */
export async function shallowCommits(mirror: string): Promise<ReadonlySet<string>> {
  try {
    return new Set((await readFile(join(mirror, 'shallow'), 'utf8')).split('\n').filter((sha) => sha !== ''));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw error;
  }
}
