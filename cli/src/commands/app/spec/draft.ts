import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';

/** A JSON object with the value at a dotted path set; what lies beside it stays. */
export function withValue(object: JsonObject, path: string, value: JsonValue): JsonObject {
  const [key = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...object, [key]: value };
  const inner = object[key];
  return { ...object, [key]: withValue(isJsonObject(inner) ? inner : {}, rest.join('.'), value) };
}

/** The list at a dotted path; empty where there is none. */
export function listAt(object: JsonObject, path: string): readonly JsonValue[] {
  let current: JsonValue | undefined = object;
  for (const key of path.split('.')) current = isJsonObject(current) ? current[key] : undefined;
  return Array.isArray(current) ? (current as readonly JsonValue[]) : [];
}
