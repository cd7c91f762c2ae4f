import { TiphysError } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import { isTooDeep } from './json-depth.ts';

const UNSAFE = /[<>&\u2028\u2029]/g;
const ESCAPED: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;
const LONG_DIGITS = /\d{16}/;

/** Node's own raw JSON numbers, so that integers beyond 2^53 keep their digits. */
const rawJson = (text: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);

/** A string literal as Go writes it: `<`, `>`, `&` escaped. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : escapeHtml(JSON.stringify(text));
}

/** JSON text of any value as Go writes a raw message: compact, `<`, `>`, `&` escaped, big integers kept. */
export function goText(value: JsonValue): string {
  return escapeHtml(JSON.stringify(value, bigIntReplacer));
}

const bigIntReplacer = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? rawJson(value.toString()) : value;

const escapeHtml = (text: string): string => text.replace(UNSAFE, (char) => ESCAPED[char] ?? char);

type ReviverWithSource = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keepBigIntegers: ReviverWithSource = (_key, value, context) => {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context.source ?? '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
};

/**
 * Parses JSON; integers beyond 2^53 arrive as bigint. Throws SyntaxError, and TiphysError `invalid` for a text that is
 * nested too deep for what comes after.
 */
export function parseJson(text: string): JsonValue {
  if (isTooDeep(text)) throw new TiphysError('invalid', 'exceeded max depth');
  const reviver = keepBigIntegers as (key: string, value: unknown) => unknown;
  return (LONG_DIGITS.test(text) ? JSON.parse(text, reviver) : JSON.parse(text)) as JsonValue;
}
