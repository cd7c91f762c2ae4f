import { goText } from '@tiphys/adapter-argo-api';
import type { JsonObject, JsonValue } from '@tiphys/model';

/** JSON as Go writes maps: all keys in order. */
export const sortedText = (value: JsonValue): string => goText(sorted(value));

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as JsonObject;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sorted(object[key] ?? null)]),
  );
}
