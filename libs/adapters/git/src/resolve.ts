import { hasCode, TiphysError } from '@tiphys/model';
import type { GitRefs, GoRuntime } from '@tiphys/ports';

export type VersionPicker = Pick<GoRuntime, 'maxSatisfying'>;

const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const SHORT_SHA = /^[0-9a-f]{7,39}$/;
const VERSION = /^v?\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
/** An operator, a wildcard or a hyphen range makes a range out of a version. */
const RANGE = /[*<>=!~^|,]|(?:^|[v.])[xX](?:\.|$)| - /;

export const isFullSha = (revision: string): boolean => FULL_SHA.test(revision);
export const isShortSha = (revision: string): boolean => SHORT_SHA.test(revision);

/**
 * Finds the commit that a revision means among the refs of a remote: a semver range that a tag satisfies,
 * then the full name of a ref, a branch, a tag. Undefined where nothing fits. (The order is the reference's:
 * a plain version such as `v1.2` is a name, not a range.)
 */
export async function resolveAmong(
  refs: GitRefs,
  revision: string,
  options: { readonly versions: VersionPicker; readonly tagPrefix?: string | undefined },
): Promise<string | undefined> {
  if (revision === '' || revision === 'HEAD') return refs.head === '' ? undefined : refs.head;
  const name = (await matchingTag(refs, revision, options)) ?? revision;
  return refs.all[name] ?? refs.branches[name] ?? refs.tags[name];
}

async function matchingTag(
  refs: GitRefs,
  revision: string,
  options: { readonly versions: VersionPicker; readonly tagPrefix?: string | undefined },
): Promise<string | undefined> {
  if (VERSION.test(revision) || !RANGE.test(revision)) return undefined;
  const prefix = options.tagPrefix ?? '';
  const versions = Object.keys(refs.tags)
    .filter((tag) => tag.startsWith(prefix))
    .map((tag) => tag.slice(prefix.length));
  try {
    const best = await options.versions.maxSatisfying(revision, versions);
    return best === undefined ? undefined : `refs/tags/${prefix}${best}`;
  } catch (error) {
    if (hasCode(error, 'invalid')) return undefined;
    throw error;
  }
}

/** Refuses what git would not take as the name of a revision, before it goes anywhere. */
export function assertRevision(revision: string): void {
  if (revision.length > 256 || /[\p{Cc}\\]|\.\.|@\{/u.test(revision) || revision.startsWith('-')) {
    throw new TiphysError(
      'invalid',
      `${JSON.stringify(revision.slice(0, 60))} cannot be the name of a revision`,
    );
  }
}
