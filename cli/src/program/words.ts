import { Failure } from './failure.ts';

const WORD = /(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gs;
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^'"\\]+)/gs;

/** Splits the text of an options variable into words, with quotes and backslashes as a shell reads them. */
export function splitWords(text: string, variable: string): string[] {
  if (text.replace(WORD, '').trim() !== '') throw new Failure(`${variable} has a quote that does not end.`);
  return [...text.matchAll(WORD)].map(([word]) => unquoted(word));
}

const unquoted = (word: string): string =>
  [...word.matchAll(PIECE)]
    .map(([, single, double, escaped, plain]) => single ?? unescaped(double) ?? escaped ?? plain ?? '')
    .join('');

const unescaped = (text: string | undefined): string | undefined => text?.replace(/\\(["\\$`])/g, '$1');
