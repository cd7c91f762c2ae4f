import { TiphysError, isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { Params } from './inputs.ts';

/** A scalar as plain templates print it. */
export function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return goNumber(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A number as Go prints a float64: with an exponent from 1e21 on, and below 1e-4. */
function goNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e21 || size < 1e-4) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    return `${mantissa}e${exponent.replace(/^([+-])(\d)$/u, '$10$2')}`;
  }
  return String(value);
}

/** Nested objects and lists as one level of dotted keys, the values as text. */
export function flattened(value: JsonObject): Readonly<Record<string, string>> {
  const flat = new Map<string, string>();
  const walk = (inner: JsonValue | undefined, key: string): void => {
    const entries = entriesOf(inner);
    if (entries === undefined || (entries.length === 0 && key !== '')) {
      flat.set(key, entries === undefined ? textOf(inner) : Array.isArray(inner) ? '[]' : 'map[]');
    } else {
      for (const [name, each] of entries) walk(each, key === '' ? name : `${key}.${name}`);
    }
  };
  walk(value, '');
  return Object.fromEntries(flat);
}

function entriesOf(
  value: JsonValue | undefined,
): readonly (readonly [string, JsonValue | undefined])[] | undefined {
  if (Array.isArray(value)) return value.map((item: JsonValue, index) => [String(index), item] as const);
  return isJsonObject(value) ? Object.entries(value) : undefined;
}

/** Two objects as one, level by level; where both have a value that is no object, the one laid over wins. */
export function overlaid(base: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map<string, JsonValue | undefined>(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    if (isJsonObject(below) && isJsonObject(value)) merged.set(key, overlaid(below, value));
    else if (!isUnset(value) || below === undefined) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** A value that says nothing: it neither wins over another nor keeps another from being taken. */
export const isUnset = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);

/** Joins flat parameters. @throws TiphysError `invalid` where both have a key with different values */
export function combined(left: Params, right: Params): Params {
  for (const [key, value] of Object.entries(right)) {
    const other = left[key];
    if (Object.hasOwn(left, key) && textOf(other) !== textOf(value)) {
      throw new TiphysError(
        'invalid',
        `found duplicate key ${key} with different value, a: ${textOf(other)} ,b: ${textOf(value)}`,
      );
    }
  }
  return { ...left, ...right };
}
