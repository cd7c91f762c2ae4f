import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';

/** The JSON merge patch that turns `before` into `after`; undefined where they are equal. Arrays go whole. */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue;
    const old = before[key];
    if (isJsonObject(old) && isJsonObject(value)) {
      const inner = mergePatch(old, value);
      if (inner !== undefined) patch[key] = inner;
    } else if (old === undefined || !jsonEqual(old, value)) patch[key] = value;
  }
  for (const key of Object.keys(before))
    if (before[key] !== undefined && after[key] === undefined) patch[key] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}
