import { compileGlob, compileRegex } from '@tiphys/glob';
import type { MatchMode } from './rules.ts';

export type Test = (text: string) => boolean;

const everything: Test = () => true;
const nothing: Test = () => false;
const SPECIAL = /[*?[\]{}\\]/u;

/** Compiles patterns once each. A glob that is malformed matches nothing; `*` crosses slashes. */
export class Patterns {
  readonly mode: MatchMode;
  readonly #compiled = new Map<string, Test>();

  constructor(mode: MatchMode) {
    this.mode = mode;
  }

  test(pattern: string): Test {
    const known = this.#compiled.get(pattern);
    if (known) return known;
    const made = this.mode === 'regex' ? regexTest(pattern) : globTest(pattern);
    this.#compiled.set(pattern, made);
    return made;
  }

  /** The only text that a pattern matches, undefined where it may match several. */
  literal(pattern: string): string | undefined {
    return this.mode === 'glob' && !SPECIAL.test(pattern) ? pattern : undefined;
  }
}

function regexTest(pattern: string): Test {
  const regex = compileRegex(pattern);
  return regex === undefined ? nothing : (text) => regex.test(text);
}

/** Stars at the ends only, which is most of what is written, need no automaton. */
function globTest(pattern: string): Test {
  if (!SPECIAL.test(pattern)) return (text) => text === pattern;
  if (/^\*+$/u.test(pattern)) return everything;
  const prefix = /^([^*?[\]{}\\]*)\*+$/u.exec(pattern)?.[1];
  if (prefix !== undefined) return (text) => text.startsWith(prefix);
  const [before, between] = /^\*([^*?[\]{}\\]+)(\*?)$/u.exec(pattern)?.slice(1) ?? [];
  if (before !== undefined)
    return between === '*' ? (text) => text.includes(before) : (text) => text.endsWith(before);
  return compileGlob(pattern) ?? nothing;
}
