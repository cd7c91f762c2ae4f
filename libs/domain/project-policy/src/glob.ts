import { compileGlob } from '@tiphys/glob';

type Test = (text: string) => boolean;

const compiled = new Map<string, Test>();
const MAX_COMPILED = 10_000;

/**
 * Matches a glob as AppProjects do: `*` crosses every character, slashes included. A pattern that is malformed matches
 * only itself. Compiled patterns are kept.
 */
export function globMatches(pattern: string, value: string): boolean {
  if (pattern === value || pattern === '*') return true;
  const known = compiled.get(pattern);
  if (known !== undefined) return known(value);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const test = compileGlob(pattern) ?? (() => false);
  compiled.set(pattern, test);
  return test(value);
}
