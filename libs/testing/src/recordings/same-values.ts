import { isJsonObject, type JsonValue } from '@tiphys/model';

/** A recorded value with what stands in for values that the same file holds elsewhere: `{"$same": "a.b[0]"}`. */
export function withSameValues(value: JsonValue, file: JsonValue = value): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => withSameValues(item, file));
  if (!isJsonObject(value)) return value;
  const path = value['$same'];
  if (typeof path === 'string') return withSameValues(valueOf(file, path), file);
  const entries = Object.entries(value).filter(
    (entry): entry is [string, JsonValue] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, withSameValues(inner, file)]));
}

const STEP = /\[(\d+)\]|\["(.*?)"\]|([\w$-]+)/gu;

function valueOf(file: JsonValue, path: string): JsonValue {
  let current: JsonValue | undefined = file;
  for (const [, index, quoted, plain] of path.matchAll(STEP)) {
    current =
      index === undefined
        ? isJsonObject(current)
          ? current[quoted ?? plain ?? '']
          : undefined
        : (current as readonly JsonValue[] | undefined)?.[Number(index)];
  }
  if (current === undefined) throw new Error(`a recording refers to ${path}, which it lacks`);
  return current;
}
