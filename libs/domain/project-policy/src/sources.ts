import type { AppProjectSpec, ApplicationSource } from '@tiphys/model';
import { isNegated, repoGlobMatches, withoutNegation } from './glob.ts';
import { canonicalRepoUrl } from './repo-url.ts';

/**
 * True where the project lets Applications be rendered from this repository: a pattern matches and no `!pattern` does.
 * A `!pattern` that does not match counts as a match, so that a list of denials alone allows everything else.
 */
export function isSourcePermitted(
  project: AppProjectSpec,
  source: Pick<ApplicationSource, 'repoURL'>,
): boolean {
  const patterns = project.sourceRepos ?? [];
  const hits = (pattern: string): boolean => isRepoMatched(withoutNegation(pattern), source.repoURL);
  if (patterns.some((pattern) => isNegated(pattern) && hits(pattern))) return false;
  return patterns.some((pattern) => isNegated(pattern) || hits(pattern));
}

/** True where a glob names a repository, however either of them is spelled. `*` stays inside a path segment. */
export const isRepoMatched = (pattern: string, url: string): boolean =>
  repoGlobMatches(canonicalRepoUrl(pattern), canonicalRepoUrl(url.replaceAll('\\', '/')));
