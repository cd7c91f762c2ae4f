import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import type { StructType } from '@tiphys/merge';
import { isZero } from '../server-chosen.ts';

/** What the API server fills in when it reads a struct. */
export interface DefaultsRule {
  /** Values of fields that are not set. */
  readonly fill?: JsonObject;
  /** What depends on other fields; runs after `fill`. */
  readonly then?: (object: JsonObject) => JsonObject;
}

export type DefaultsTable = Readonly<Record<string, DefaultsRule>>;

/** The object with the fields of `fill` that it doesn't set. */
export function filled(object: JsonObject, fill: JsonObject, type: StructType): JsonObject {
  let result: Record<string, JsonValue | undefined> | undefined;
  for (const key of Object.keys(fill)) {
    const have = object[key];
    const unset =
      have === undefined || have === null || (type.fields.get(key)?.pointer !== true && isUnset(have));
    if (unset) (result ??= { ...object })[key] = fill[key];
  }
  return result ?? object;
}

const isUnset = (value: JsonValue): boolean =>
  isZero(value) || (isJsonObject(value) && Object.keys(value).length === 0);

/** The object with `value` where the field is absent or null. */
export const orElse = (object: JsonObject, key: string, value: JsonValue): JsonObject =>
  (object[key] ?? null) === null ? { ...object, [key]: value } : object;

/** The object at a key; empty where there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** The list at a key; empty where there is none. */
export function listAt(object: JsonObject, key: string): readonly JsonValue[] {
  const value = object[key];
  return Array.isArray(value) ? (value as JsonValue[]) : [];
}

export const has = (object: JsonObject, key: string): boolean => (object[key] ?? null) !== null;
