import { isJsonObject, TiphysError, type JsonObject, type JsonValue } from '@tiphys/model';
import { directives } from './directives.ts';
import { jsonEqual } from './equal.ts';
import { goJson } from './go-json.ts';

/** A list field that is merged by element. */
interface MergedField {
  readonly name: string;
  readonly mergeKey: string | undefined;
  readonly applyElement: (current: JsonObject, patch: JsonObject) => JsonObject;
}

/** A live list and the list in a patch for it. */
interface ListMerge {
  readonly current: readonly JsonValue[];
  readonly patch: readonly JsonValue[];
}

/** Merges a patch list into a live list: plain values as a set, objects by the merge key of the field. */
export function mergeList(field: MergedField, { current, patch }: ListMerge): readonly JsonValue[] {
  if (!isListOfObjects([...current, ...patch])) {
    const merged = [...new Set([...current, ...patch])];
    return orderedBy(merged, { order: patch, live: current, mergeKey: undefined });
  }
  const mergeKey = field.mergeKey;
  if (mergeKey === undefined)
    throw new TiphysError('invalid', `${field.name}: a merged list of objects needs a merge key`);
  const { base, elements } = resolveDirectives({ current, patch }, mergeKey);
  const merged = mergeElements(field, { base, elements, mergeKey });
  return orderedBy(merged, { order: elements, live: base, mergeKey });
}

const isListOfObjects = (list: readonly JsonValue[]): boolean => list.length > 0 && list.every(isJsonObject);

/** Carries out `$patch: delete` and `$patch: replace` elements; what remains is to be merged. */
function resolveDirectives(
  { current, patch }: ListMerge,
  mergeKey: string,
): { base: readonly JsonValue[]; elements: readonly JsonObject[] } {
  const elements: JsonObject[] = [];
  const deleted = new Set<JsonValue>();
  let replaced = false;
  for (const element of patch as readonly JsonObject[]) {
    const directive = element[directives.patch];
    if (directive === undefined) elements.push(element);
    else if (directive === 'replace') replaced = true;
    else if (directive === 'delete') deleted.add(element[mergeKey] ?? null);
    else
      throw new TiphysError(
        'invalid',
        `unknown ${directives.patch} directive in a list: ${goJson(directive)}`,
      );
  }
  if (replaced) return { base: elements, elements: [] };
  return { base: current.filter((element) => !deleted.has(keyIn(element, mergeKey))), elements };
}

function mergeElements(
  field: MergedField,
  {
    base,
    elements,
    mergeKey,
  }: { base: readonly JsonValue[]; elements: readonly JsonObject[]; mergeKey: string },
): readonly JsonValue[] {
  const merged = [...base];
  for (const element of elements) {
    const at = merged.findIndex((have) => jsonEqual(keyIn(have, mergeKey), keyIn(element, mergeKey)));
    const have = merged[at];
    if (isJsonObject(have)) merged[at] = field.applyElement(have, element);
    else merged.push(field.applyElement({}, element));
  }
  return merged;
}

const keyIn = (element: JsonValue, mergeKey: string): JsonValue =>
  (isJsonObject(element) ? element[mergeKey] : undefined) ?? null;

/** By what a merged list is put in order. */
interface Ordering {
  /** The order asked for; its elements come in this order. */
  readonly order: readonly JsonValue[];
  /** The order before; it places the elements that `order` doesn't name. */
  readonly live: readonly JsonValue[];
  readonly mergeKey: string | undefined;
}

/**
 * Orders a merged list: named elements as asked for; each other element stays before the first named element that
 * it preceded in the live list, else goes to the end.
 */
export function orderedBy(
  merged: readonly JsonValue[],
  { order, live, mergeKey }: Ordering,
): readonly JsonValue[] {
  const idOf = (element: JsonValue): JsonValue =>
    mergeKey === undefined ? element : keyIn(element, mergeKey);
  const wanted = positions(order.map(idOf));
  const before = positions(live.map(idOf));
  const named = merged.filter((element) => wanted.has(idOf(element)));
  named.sort((a, b) => (wanted.get(idOf(a)) ?? 0) - (wanted.get(idOf(b)) ?? 0));
  const others = merged.filter((element) => !wanted.has(idOf(element)));
  const result: JsonValue[] = [];
  for (const element of named) {
    const position = before.get(idOf(element));
    while (
      position !== undefined &&
      others[0] !== undefined &&
      isBefore(before.get(idOf(others[0])), position)
    ) {
      result.push(others[0]);
      others.shift();
    }
    result.push(element);
  }
  return [...result, ...others];
}

const isBefore = (position: number | undefined, other: number): boolean =>
  position !== undefined && position < other;

function positions(ids: readonly JsonValue[]): Map<JsonValue, number> {
  const map = new Map<JsonValue, number>();
  ids.forEach((id, index) => {
    if (!map.has(id)) map.set(id, index);
  });
  return map;
}
