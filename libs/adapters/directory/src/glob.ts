type Part =
  | { readonly type: 'any' }
  | { readonly type: 'one'; readonly takes: (letter: string) => boolean }
  | { readonly type: 'either'; readonly choices: readonly (readonly Part[])[] };

/**
 * Compiles a glob of `directory.include` and `directory.exclude` to a test over whole paths. `*` and `**` stand for
 * any text, slashes too, `?` for one character, `[a-z]` and `[!a-z]` for classes, `{a,b}` for alternatives (they may
 * nest), a backslash takes the next character as it is. Undefined where the pattern is malformed. The test takes time
 * proportional to pattern × path whatever the pattern, since strangers write patterns.
 */
export function compileGlob(pattern: string): ((path: string) => boolean) | undefined {
  const parts = new GlobParser(pattern).parse();
  if (parts === undefined) return undefined;
  return (path) => advance(parts, path, new Set([0])).has(path.length);
}

/** Positions that the parts can reach from any of the given ones. */
function advance(parts: readonly Part[], path: string, from: ReadonlySet<number>): ReadonlySet<number> {
  return parts.reduce((positions, part) => advancePart(part, path, positions), from);
}

function advancePart(part: Part, path: string, from: ReadonlySet<number>): ReadonlySet<number> {
  if (from.size === 0) return from;
  switch (part.type) {
    case 'any': {
      const first = Math.min(...from);
      return new Set(Array.from({ length: path.length - first + 1 }, (_, index) => first + index));
    }
    case 'one':
      return new Set(
        [...from].filter((at) => at < path.length && part.takes(path.charAt(at))).map((at) => at + 1),
      );
    case 'either':
      return new Set(part.choices.flatMap((choice) => [...advance(choice, path, from)]));
  }
}

class GlobParser {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): readonly Part[] | undefined {
    const parts = this.#sequence('');
    return this.#at === this.#pattern.length ? parts : undefined;
  }

  #sequence(ends: string): readonly Part[] | undefined {
    const parts: Part[] = [];
    while (this.#at < this.#pattern.length && !ends.includes(this.#pattern.charAt(this.#at))) {
      const part = this.#part(this.#pattern.charAt(this.#at++));
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return parts;
  }

  #part(letter: string): Part | undefined {
    if (letter === '*') return { type: 'any' };
    if (letter === '?') return { type: 'one', takes: () => true };
    if (letter === '[') return this.#class();
    if (letter === '{') return this.#either();
    return literal(letter === '\\' ? this.#pattern.charAt(this.#at++) : letter);
  }

  #either(): Part | undefined {
    const choices: (readonly Part[])[] = [];
    for (;;) {
      const choice = this.#sequence(',}');
      if (choice === undefined || this.#at >= this.#pattern.length) return undefined;
      choices.push(choice);
      if (this.#pattern.charAt(this.#at++) === '}') return { type: 'either', choices };
    }
  }

  #class(): Part | undefined {
    const negated = this.#pattern.charAt(this.#at) === '!';
    const start = negated ? this.#at + 1 : this.#at;
    const end = this.#pattern.indexOf(']', start + 1);
    if (end < 0) return undefined;
    this.#at = end + 1;
    const members = classMembers(this.#pattern.slice(start, end));
    return { type: 'one', takes: (letter) => members(letter) !== negated };
  }
}

const literal = (expected: string): Part => ({ type: 'one', takes: (letter) => letter === expected });

function classMembers(body: string): (letter: string) => boolean {
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < body.length; at += 1) {
    const from = body.charAt(at);
    const isRange = body.charAt(at + 1) === '-' && at + 2 < body.length;
    ranges.push([from, isRange ? body.charAt(at + 2) : from]);
    if (isRange) at += 2;
  }
  return (letter) => ranges.some(([from, to]) => from <= letter && letter <= to);
}
