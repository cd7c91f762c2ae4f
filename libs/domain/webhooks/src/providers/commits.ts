import { z } from 'zod';
import { toldFiles } from '../change.ts';

const paths = z.array(z.string()).nullish();

/** Commits as GitHub, GitLab and Gogs list them in a push. */
export const commits = z.array(z.object({ added: paths, modified: paths, removed: paths })).nullish();

export type Commits = z.infer<typeof commits>;

/** The files of all commits; undefined where the list is not that of all commits of the push, `total` in number. */
export function filesOf(list: Commits, total = list?.length ?? 0): readonly string[] | undefined {
  if (list === null || list === undefined || total > list.length) return undefined;
  return toldFiles(
    list.flatMap(({ added, modified, removed }) => [
      ...(added ?? []),
      ...(modified ?? []),
      ...(removed ?? []),
    ]),
  );
}
