import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';

/** The keys of a JSON pointer (RFC 6901); undefined where the text isn't one. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The JSON pointer of a path of keys. */
export const formatPointer = (path: readonly (string | number)[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The value without what a path leads to; the same value where the path leads nowhere. */
export function withoutPath(value: JsonValue, path: readonly (string | number)[]): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) return withoutIndex(value as JsonValue[], key, rest);
  if (!isJsonObject(value)) return value;
  const inner = value[String(key)];
  if (inner === undefined) return value;
  if (rest.length === 0) return withoutKey(value, String(key));
  const changed = withoutPath(inner, rest);
  return changed === inner ? value : { ...value, [key]: changed };
}

function withoutKey(object: JsonObject, key: string): JsonObject {
  const rest: Record<string, JsonValue | undefined> = { ...object };
  delete rest[key];
  return rest;
}

function withoutIndex(
  list: readonly JsonValue[],
  key: string | number,
  rest: readonly (string | number)[],
): JsonValue {
  const index = Number(key);
  const inner = list[index];
  if (!Number.isInteger(index) || inner === undefined) return list;
  if (rest.length === 0) return list.toSpliced(index, 1);
  const changed = withoutPath(inner, rest);
  return changed === inner ? list : list.with(index, changed);
}
