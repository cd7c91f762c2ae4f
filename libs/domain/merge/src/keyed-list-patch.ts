import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { applyObject } from './strategic-apply.ts';
import { directives } from './directives.ts';
import { jsonEqual } from './equal.ts';
import { isEmpty } from './json-merge.ts';
import type { FieldLookup } from './lookup.ts';
import { isInOrder } from './order.ts';
import type { ListSides, Patch, ThreeWay } from './three-way.ts';

/** A list field whose elements are objects named by one of their fields. */
export interface KeyedField {
  readonly name: string;
  readonly mergeKey: string;
  readonly fieldOf: FieldLookup;
  readonly patchElement: (sides: ThreeWay) => Patch;
}

type Index = ReadonlyMap<JsonValue, JsonObject>;

/** The part of a patch that merges a list of objects by the field that names them, such as containers by name. */
export function keyedListPatch(sides: ListSides, field: KeyedField): Patch {
  const current = uniqueIndex(sides.current, field.mergeKey);
  const modified = uniqueIndex(sides.modified, field.mergeKey);
  if (current === undefined || modified === undefined) return wholeListPatch(field, sides);
  const original = firstIndex(sides.original, field.mergeKey);
  const elements = changedElements(field, { original, modified, current });
  for (const key of original.keys()) {
    if (!modified.has(key) && current.has(key))
      elements.push({ [directives.patch]: 'delete', [field.mergeKey]: key });
  }
  const patch: Patch = {};
  if (elements.length > 0) patch[field.name] = elements;
  if ((elements.length > 0 || !isInOrder([...current.keys()], [...modified.keys()])) && modified.size > 0) {
    patch[directives.setElementOrder + field.name] = [...modified.keys()].map((key) => ({
      [field.mergeKey]: key,
    }));
  }
  return patch;
}

function changedElements(
  field: KeyedField,
  by: { original: Index; modified: Index; current: Index },
): JsonObject[] {
  const elements: JsonObject[] = [];
  for (const [key, want] of by.modified) {
    const have = by.current.get(key);
    if (have === undefined) {
      elements.push(want);
      continue;
    }
    const patch = field.patchElement({ original: by.original.get(key), modified: want, current: have });
    if (!isEmpty(patch)) elements.push({ ...patch, [field.mergeKey]: key });
  }
  return elements;
}

/**
 * A list with two elements of one key (port 53 over TCP and UDP), or elements with none, cannot be patched by key.
 * Elements are then paired by key and turn, and the merged list replaces the live one; live elements whose key
 * was never asked for stay at the end.
 */
function wholeListPatch(field: KeyedField, sides: ListSides): Patch {
  const turns = new Map<JsonValue, JsonValue[]>();
  for (const element of sides.current) push(turns, keyIn(element, field.mergeKey), element);
  const result = sides.modified.map((want) => {
    const have = turns.get(keyIn(want, field.mergeKey))?.shift();
    return isJsonObject(want) && isJsonObject(have) ? mergedElement(field, want, have) : want;
  });
  const asked = new Set(
    [...sides.modified, ...sides.original].map((element) => keyIn(element, field.mergeKey)),
  );
  const rest = sides.current.filter((element) => !asked.has(keyIn(element, field.mergeKey)));
  const merged = [...result, ...rest];
  return jsonEqual(merged, sides.current)
    ? {}
    : { [field.name]: [...merged, { [directives.patch]: 'replace' }] };
}

function mergedElement(field: KeyedField, want: JsonObject, have: JsonObject): JsonObject {
  const patch = field.patchElement({ original: undefined, modified: want, current: have });
  return isEmpty(patch) ? have : applyObject(have, patch, field.fieldOf);
}

function push(into: Map<JsonValue, JsonValue[]>, key: JsonValue, element: JsonValue): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [element]);
  else known.push(element);
}

const keyIn = (element: JsonValue, mergeKey: string): JsonValue =>
  (isJsonObject(element) ? element[mergeKey] : undefined) ?? null;

/** Elements by key in list order; undefined where a key is missing or comes twice. */
function uniqueIndex(list: readonly JsonValue[], mergeKey: string): Index | undefined {
  const index = new Map<JsonValue, JsonObject>();
  for (const element of list) {
    const key = keyIn(element, mergeKey);
    if (!isJsonObject(element) || key === null || index.has(key)) return undefined;
    index.set(key, element);
  }
  return index;
}

function firstIndex(list: readonly JsonValue[], mergeKey: string): Index {
  const index = new Map<JsonValue, JsonObject>();
  for (const element of list) {
    const key = keyIn(element, mergeKey);
    if (isJsonObject(element) && key !== null && !index.has(key)) index.set(key, element);
  }
  return index;
}
