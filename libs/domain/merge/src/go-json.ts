import { isJsonObject, type JsonValue } from '@tiphys/model';

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * JSON as Go's encoder writes it and kubectl therefore stores it: keys sorted by code point, no spaces, `<`, `>`,
 * `&` and the two line separators escaped. Integers beyond 2^53 (bigint) keep all digits.
 */
export function goJson(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${(value as JsonValue[]).map(goJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([key, inner]) => `${quoted(key)}:${goJson(inner)}`);
  return `{${fields.join(',')}}`;
}

const quoted = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character);

/** Orders as UTF-8 bytes do: by code point, where UTF-16 would put astral characters before U+E000. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0);
  }
  return a.length - b.length;
}
