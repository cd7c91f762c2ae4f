import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';

/** Deep equality of JSON values. An undefined field equals an absent one; `1` equals `1n`. */
export function jsonEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(a as JsonValue[], b as JsonValue[]);
  if (isJsonObject(a)) return isJsonObject(b) && objectsEqual(a, b);
  if (typeof a === 'bigint' || typeof b === 'bigint')
    return isNumeric(a) && isNumeric(b) && BigInt(a) === BigInt(b);
  return false;
}

const isNumeric = (value: JsonValue | undefined): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));

function listsEqual(a: readonly JsonValue[], b: readonly JsonValue[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!jsonEqual(a[i], b[i])) return false;
  return true;
}

function objectsEqual(a: JsonObject, b: JsonObject): boolean {
  let fields = 0;
  for (const key in a) {
    if (a[key] === undefined) continue;
    if (!jsonEqual(a[key], b[key])) return false;
    fields++;
  }
  for (const key in b) if (b[key] !== undefined) fields--;
  return fields === 0;
}
