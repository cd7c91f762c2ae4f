type Part =
  | { readonly type: 'any'; readonly until: string | undefined }
  | { readonly type: 'segments' }
  | { readonly type: 'one'; readonly takes: (letter: string) => boolean }
  | { readonly type: 'either'; readonly choices: readonly (readonly Part[])[] };

export interface GlobOptions {
  /**
   * A character that `*`, `?` and classes do not match; `**` as a whole segment stands for any number of segments.
   * Default none: `*` and `**` are the same and match anything.
   */
  readonly separator?: '/';
  /** Two stars anywhere cross the separator, not only where they make up a segment. Default false. */
  readonly isDoubleStarAny?: boolean;
}

/**
 * Compiles a glob to a test over whole texts. `*` stands for any text, `?` for one character, `[a-z]` and `[!a-z]` (or
 * `[^a-z]`) for classes, `{a,b}` for alternatives (they may nest), a backslash takes the next character as it is.
 * Undefined where the pattern is malformed. The test takes time proportional to pattern times text whatever the
 * pattern, since strangers write patterns.
 */
export function compileGlob(
  pattern: string,
  options: GlobOptions = {},
): ((text: string) => boolean) | undefined {
  const parts = new GlobParser(pattern, options).parse();
  if (parts === undefined) return undefined;
  return (text) => advance(parts, text, new Set([0])).has(text.length);
}

/** Positions that the parts can reach from any of the given ones. */
function advance(parts: readonly Part[], text: string, from: ReadonlySet<number>): ReadonlySet<number> {
  return parts.reduce((positions, part) => advancePart(part, text, positions), from);
}

function advancePart(part: Part, text: string, from: ReadonlySet<number>): ReadonlySet<number> {
  if (from.size === 0) return from;
  switch (part.type) {
    case 'any':
      return spread(text, from, part.until);
    case 'segments':
      return new Set([...from, ...afterSeparators(text, Math.min(...from))]);
    case 'one':
      return new Set(
        [...from].filter((at) => at < text.length && part.takes(text.charAt(at))).map((at) => at + 1),
      );
    case 'either':
      return new Set(part.choices.flatMap((choice) => [...advance(choice, text, from)]));
  }
}

/** All positions from each given one on, up to the next `until`. */
function spread(text: string, from: ReadonlySet<number>, until: string | undefined): ReadonlySet<number> {
  const reached = new Set<number>();
  for (const start of from) {
    for (let at = start; at <= text.length && !reached.has(at); at += 1) {
      reached.add(at);
      if (text.charAt(at) === until) break;
    }
  }
  return reached;
}

const afterSeparators = (text: string, from: number): readonly number[] =>
  Array.from({ length: text.length - from }, (_, index) => from + index)
    .filter((at) => text.charAt(at) === '/')
    .map((at) => at + 1);

class GlobParser {
  readonly #pattern: string;
  readonly #separator: string | undefined;
  readonly #isDoubleStarAny: boolean;
  #at = 0;

  constructor(pattern: string, { separator, isDoubleStarAny = false }: GlobOptions) {
    this.#pattern = pattern;
    this.#separator = separator;
    this.#isDoubleStarAny = isDoubleStarAny;
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
    if (letter === '*') return this.#star();
    if (letter === '?') return { type: 'one', takes: (found) => found !== this.#separator };
    if (letter === '[') return this.#class();
    if (letter === '{') return this.#either();
    return literal(letter === '\\' ? this.#pattern.charAt(this.#at++) : letter);
  }

  #star(): Part {
    if (this.#isDoubleStarAny && this.#pattern.charAt(this.#at) === '*') {
      this.#anyText();
      return { type: 'any', until: undefined };
    }
    const before = this.#at < 2 ? this.#separator : this.#pattern.charAt(this.#at - 2);
    if (this.#separator === undefined || before !== this.#separator) return this.#anyText();
    if (this.#pattern.startsWith(`*${this.#separator}`, this.#at)) {
      this.#at += 2;
      return { type: 'segments' };
    }
    if (this.#pattern.slice(this.#at) !== '*') return this.#anyText();
    this.#at += 1;
    return { type: 'any', until: undefined };
  }

  #anyText(): Part {
    while (this.#pattern.charAt(this.#at) === '*') this.#at += 1;
    return { type: 'any', until: this.#separator };
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
    const negated = /[!^]/.test(this.#pattern.charAt(this.#at));
    const start = negated ? this.#at + 1 : this.#at;
    const end = this.#pattern.indexOf(']', start + 1);
    if (end < 0) return undefined;
    this.#at = end + 1;
    const members = classMembers(this.#pattern.slice(start, end));
    return { type: 'one', takes: (letter) => letter !== this.#separator && members(letter) !== negated };
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
