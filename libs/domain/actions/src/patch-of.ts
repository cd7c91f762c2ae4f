import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';

/**
 * The JSON merge patch from an object to what an action made of it; undefined where nothing changed. Differences that
 * only come from a detour through Lua are none: empty maps that came back as lists, nulls that went, and integers
 * beyond 2^53.
 */
export function patchBetween(live: JsonObject, wanted: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(wanted)) {
    const change = changeOf(live[key], value);
    if (change !== undefined) patch[key] = change;
  }
  for (const [key, value] of Object.entries(live))
    if (value !== undefined && value !== null && wanted[key] === undefined) patch[key] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function changeOf(before: JsonValue | undefined, after: JsonValue | undefined): JsonValue | undefined {
  if (after === undefined || isSame(before, after)) return undefined;
  const restored = restoreMaps(before, after);
  if (isJsonObject(before) && isJsonObject(restored)) return patchBetween(before, restored);
  return restored;
}

const isEmptyList = (value: JsonValue): boolean => Array.isArray(value) && value.length === 0;

const isEmptyTable = (value: JsonValue): boolean =>
  isEmptyList(value) || (isJsonObject(value) && Object.keys(value).length === 0);

function isSame(before: JsonValue | undefined, after: JsonValue): boolean {
  if (before === undefined || before === null) return after === null;
  if (typeof before === 'bigint' || typeof after === 'bigint') return Number(before) === Number(after);
  if (Array.isArray(before) && Array.isArray(after)) {
    const [a, b] = [before as readonly JsonValue[], after as readonly JsonValue[]];
    return a.length === b.length && a.every((item, index) => isSame(item, b[index] ?? null));
  }
  if (isEmptyTable(before) && isEmptyTable(after)) return true;
  if (isJsonObject(before) && isJsonObject(after)) return patchBetween(before, after) === undefined;
  return before === after;
}

/** A value after a detour through Lua, with what the live object has where nothing else was meant. */
function restoreMaps(live: JsonValue | undefined, wanted: JsonValue): JsonValue {
  if (live !== undefined && isSame(live, wanted)) return live;
  if (isJsonObject(live) && isEmptyList(wanted)) return {};
  if (Array.isArray(live) && Array.isArray(wanted)) {
    const before = live as readonly JsonValue[];
    return (wanted as readonly JsonValue[]).map((item, index) => restoreMaps(before[index], item));
  }
  if (!isJsonObject(wanted)) return wanted;
  const before = isJsonObject(live) ? live : {};
  return Object.fromEntries(
    Object.entries(wanted).map(([key, value]) => [
      key,
      value === undefined ? undefined : restoreMaps(before[key], value),
    ]),
  );
}

/** A patch in two: what belongs to the status, and the rest. Parts that change nothing are absent. */
export function splitStatus(patch: JsonObject): { readonly status?: JsonObject; readonly rest?: JsonObject } {
  const { status, ...rest } = patch;
  return {
    ...(status === undefined ? {} : { status: { status } }),
    ...(Object.keys(rest).length === 0 ? {} : { rest }),
  };
}
