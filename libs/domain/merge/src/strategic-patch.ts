import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { directives } from './directives.ts';
import { jsonEqual } from './equal.ts';
import { isEmpty } from './json-merge.ts';
import { keyedListPatch } from './keyed-list-patch.ts';
import type { Field, StructType } from './kube-types.ts';
import { lookupOf, lookupOfStruct, type FieldLookup } from './lookup.ts';
import { scalarListPatch } from './scalar-list-patch.ts';
import type { ListSides, Patch, ThreeWay } from './three-way.ts';

/**
 * The strategic merge patch that brings `current` (an object of the built-in type `type`) to what `modified` asks
 * for, as `kubectl apply` computes it on the client: fields that differ are set, fields and list elements that
 * `original` had and `modified` no longer has are removed, all others of `current` stay. It says only what changes
 * something: it is empty where `current` already is as asked.
 */
export function threeWayStrategicPatch(sides: ThreeWay & { readonly type: StructType }): JsonObject {
  return objectPatch(sides, lookupOfStruct(sides.type), false);
}

/** The patch of one object below the root. */
function objectPatch(sides: ThreeWay, fieldOf: FieldLookup, retainKeys: boolean): Patch {
  const { original, modified, current } = sides;
  const patch: Patch = {};
  for (const key of Object.keys(modified)) addField(patch, sides, { key, field: fieldOf(key) });
  for (const key of Object.keys(original ?? {})) {
    if (modified[key] === undefined && current[key] !== undefined) patch[key] = null;
  }
  if (leavesAlias(patch, sides)) patch['serviceAccount'] = null;
  if (retainKeys && (!isEmpty(patch) || hasOthers(current, modified))) {
    patch[directives.retainKeys] = Object.keys(modified)
      .filter((key) => (modified[key] ?? null) !== null)
      .sort();
  }
  return patch;
}

/**
 * The API server keeps a pod's service account under an old name too and would fill the new one from it again, so
 * that clearing one alone changes nothing.
 */
const leavesAlias = (patch: Patch, { modified, current }: ThreeWay): boolean =>
  patch['serviceAccountName'] === null &&
  modified['serviceAccount'] === undefined &&
  current['serviceAccount'] !== undefined;

/** True where `current` sets a field that `modified` doesn't name. */
const hasOthers = (current: JsonObject, modified: JsonObject): boolean =>
  Object.keys(current).some((key) => (current[key] ?? null) !== null && modified[key] === undefined);

function addField(patch: Patch, sides: ThreeWay, at: { key: string; field: Field | undefined }): void {
  const { key, field } = at;
  const want = sides.modified[key];
  const have = sides.current[key];
  if (want === undefined) return;
  if (have === undefined || have === null) {
    if (want !== null) patch[key] = want;
  } else if (isJsonObject(want) && isJsonObject(have) && field?.replace !== true) {
    const before = sides.original?.[key];
    const original = isJsonObject(before) ? before : undefined;
    const nested = objectPatch(
      { original, modified: want, current: have },
      lookupOf(field?.type),
      field?.retainKeys === true,
    );
    if (!isEmpty(nested)) patch[key] = nested;
  } else if (Array.isArray(want) && Array.isArray(have) && field?.merge === true) {
    const before = sides.original?.[key];
    Object.assign(
      patch,
      listPatch(field, {
        original: Array.isArray(before) ? (before as JsonValue[]) : [],
        modified: want as JsonValue[],
        current: have as JsonValue[],
      }),
    );
  } else if (!jsonEqual(want, have)) {
    patch[key] = want;
  }
}

function listPatch(field: Field, sides: ListSides): Patch {
  if (field.mergeKey === undefined) return scalarListPatch(field.name, sides);
  const fieldOf = lookupOf(field.type.form === 'list' ? field.type.of : undefined);
  return keyedListPatch(sides, {
    name: field.name,
    mergeKey: field.mergeKey,
    fieldOf,
    patchElement: (element) => objectPatch(element, fieldOf, field.retainKeys),
  });
}
