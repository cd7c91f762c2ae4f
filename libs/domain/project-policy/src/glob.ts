import { compileGlob, type GlobOptions } from '@tiphys/glob';

type Test = (text: string) => boolean;

const MAX_COMPILED = 10_000;

/** Makes a matcher that keeps compiled patterns. A malformed pattern matches only itself. */
function matcher(options: GlobOptions): (pattern: string, value: string) => boolean {
  const compiled = new Map<string, Test>();
  return (pattern, value) => {
    if (pattern === value || pattern === '*') return true;
    const known = compiled.get(pattern);
    if (known !== undefined) return known(value);
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    const test = compileGlob(pattern, options) ?? (() => false);
    compiled.set(pattern, test);
    return test(value);
  };
}

/** Matches a glob as AppProjects do: `*` crosses every character, slashes included. */
export const globMatches = matcher({});

/** Matches a glob over repositories: `*` alone is everything, else it ends at a slash and `**` does not. */
export const repoGlobMatches = matcher({ separator: '/', isDoubleStarAny: true });

/** True for `!pattern`. */
export const isNegated = (pattern: string | undefined): boolean => pattern?.startsWith('!') === true;

/** The pattern behind a `!`. */
export const withoutNegation = (pattern: string): string => (isNegated(pattern) ? pattern.slice(1) : pattern);
