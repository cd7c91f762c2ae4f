import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { jsonEqual } from './equal.ts';
import type { ThreeWay } from './three-way.ts';

/**
 * The JSON merge patch (RFC 7386) that brings `current` to what `modified` asks for: fields that differ are set,
 * fields that `original` had and `modified` no longer has are cleared, all others of `current` stay. Lists are
 * replaced whole. A null in `modified` clears only what `original` had set, as `kubectl apply` does it.
 * Empty where nothing is to be done.
 */
export function threeWayJsonMergePatch({ original, modified, current }: ThreeWay): JsonObject {
  const patch: Record<string, JsonValue> = {};
  for (const key of Object.keys(modified)) {
    const want = modified[key];
    const have = current[key];
    if (want === undefined || want === null) continue;
    if (isJsonObject(want) && isJsonObject(have)) {
      const before = original?.[key];
      const nested = threeWayJsonMergePatch({
        original: isJsonObject(before) ? before : undefined,
        modified: want,
        current: have,
      });
      if (!isEmpty(nested)) patch[key] = nested;
    } else if (!jsonEqual(want, have)) {
      patch[key] = withoutNulls(want);
    }
  }
  for (const key of Object.keys(original ?? {})) {
    const wasSet = (original?.[key] ?? null) !== null;
    if (wasSet && (modified[key] ?? null) === null && current[key] !== undefined) patch[key] = null;
  }
  return patch;
}

/** The result of a JSON merge patch (RFC 7386). Shares unchanged parts with `target`. */
export function applyJsonMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...target };
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else if (isJsonObject(value)) {
      const below = result[key];
      result[key] = applyJsonMergePatch(isJsonObject(below) ? below : {}, value);
    } else result[key] = value;
  }
  return result;
}

/** The value without fields that are null, at any depth of objects; lists keep theirs. */
function withoutNulls(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const kept: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined && inner !== null) kept[key] = withoutNulls(inner);
  }
  return kept;
}

/** True where an object has no field at all. */
export function isEmpty(object: JsonObject): boolean {
  for (const key in object) if (object[key] !== undefined) return false;
  return true;
}
