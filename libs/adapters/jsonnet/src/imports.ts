export interface JsonnetImport {
  /** `code` is evaluated and may import in turn; `data` (importstr, importbin) is only read. */
  readonly kind: 'code' | 'data';
  readonly path: string;
}

const KEYWORD = /import(str|bin)?/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/**
 * Every import that a Jsonnet text can make. The language takes only literal paths, so that these are all there are.
 * Words in comments and strings that look like an import are listed too: the list may be too long, never too short.
 */
export function findImports(text: string): readonly JsonnetImport[] {
  const skip = new BlankSkipper(text);
  return [...text.matchAll(KEYWORD)].flatMap((match) => {
    const path = readLiteral(text, skip.from(match.index + match[0].length));
    return path === undefined ? [] : [{ kind: match[1] === undefined ? 'code' : 'data', path } as const];
  });
}

/** Skips white space and comments; remembers where it has been, so that nested look-alikes cost nothing. */
class BlankSkipper {
  readonly #text: string;
  readonly #known = new Map<number, number>();
  readonly #marks = new Map<string, { readonly from: number; readonly at: number }>();

  constructor(text: string) {
    this.#text = text;
  }

  from(start: number): number {
    const visited: number[] = [];
    let at = start;
    while (!this.#known.has(at)) {
      visited.push(at);
      const next = this.#step(at);
      if (next === at) this.#known.set(at, at);
      at = next;
    }
    const end = this.#known.get(at) ?? at;
    visited.forEach((position) => this.#known.set(position, end));
    return end;
  }

  #step(at: number): number {
    const letter = this.#text.charAt(at);
    if (letter === ' ' || letter === '\t' || letter === '\n' || letter === '\r') return at + 1;
    if (letter === '#' || this.#text.startsWith('//', at)) return this.#after('\n', at);
    return this.#text.startsWith('/*', at) ? this.#after('*/', at + 2) : at;
  }

  #after(mark: string, from: number): number {
    const last = this.#marks.get(mark);
    if (last !== undefined && last.from <= from && from <= last.at)
      return Math.min(last.at + mark.length, this.#text.length);
    const found = this.#text.indexOf(mark, from);
    const at = found < 0 ? this.#text.length : found;
    this.#marks.set(mark, { from, at });
    return Math.min(at + mark.length, this.#text.length);
  }
}

function readLiteral(text: string, start: number): string | undefined {
  const verbatim = text.charAt(start) === '@';
  const open = verbatim ? start + 1 : start;
  const quote = text.charAt(open);
  if (quote !== '"' && quote !== "'") return undefined;
  return verbatim ? readVerbatim(text, open + 1, quote) : readEscaped(text, open + 1, quote);
}

function readVerbatim(text: string, start: number, quote: string): string {
  let value = '';
  for (let at = start; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === quote && text.charAt((at += 1)) !== quote) return value;
    value += letter;
  }
  return value;
}

function readEscaped(text: string, start: number, quote: string): string {
  let value = '';
  for (let at = start; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === quote) return value;
    if (letter !== '\\') {
      value += letter;
      continue;
    }
    at += 1;
    const escaped = text.charAt(at);
    if (escaped === 'u') {
      value += String.fromCharCode(Number.parseInt(text.slice(at + 1, at + 5), 16) || 0);
      at += 4;
    } else value += ESCAPES[escaped] ?? escaped;
  }
  return value;
}
