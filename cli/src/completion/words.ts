/** What stands on the line before the cursor: finished words, and the one under it. */
export interface Typed {
  readonly before: readonly string[];
  readonly current: string;
}

const PIECE = /'([^']*)(?:'|$)|"((?:[^"\\]|\\.)*)(?:"|$)|\\(.|$)|([^\s'"\\]+)/gs;
const WORD = /(?:'[^']*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|\\(?:.|$)|[^\s'"\\])+/gs;

/** Reads a line as a shell does, up to the cursor at its end; a quote may still be open. */
export function typedLine(line: string): Typed {
  const words = [...line.matchAll(WORD)];
  const last = words.at(-1);
  const isOpen = last !== undefined && last.index + last[0].length === line.length;
  const texts = words.map(([word]) => unquoted(word));
  return isOpen
    ? { before: texts.slice(0, -1), current: texts.at(-1) ?? '' }
    : { before: texts, current: '' };
}

const unquoted = (word: string): string =>
  [...word.matchAll(PIECE)]
    .map(([, single, double, escaped, plain]) => single ?? double ?? escaped ?? plain ?? '')
    .join('');
