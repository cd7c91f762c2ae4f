import { isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@tiphys/model';
import {
  below,
  fieldsOfAll,
  isWhole,
  ownedElements,
  shapeOf,
  type FieldTree,
  type ListShape,
} from './field-tree.ts';
import { exclusiveFields } from './exclusive-fields.ts';

/**
 * What applying on the server makes of a live object whose type is not built in: the target's fields over the live
 * ones, lists merged by element where their owners recorded keys, and without what the manager alone applied before
 * and wants no more. Undefined where the manager has applied nothing yet.
 */
export function appliedOnto(
  { target, live }: { readonly target: JsonObject; readonly live: JsonObject },
  entries: KubeObject['metadata']['managedFields'],
  manager: string,
): JsonObject | undefined {
  const owned = exclusiveFields(entries, manager);
  if (owned === undefined) return undefined;
  return merged({ target, live, owned, known: fieldsOfAll(entries) }) as JsonObject;
}

interface Place {
  readonly target: JsonValue;
  readonly live: JsonValue | undefined;
  /** What the manager alone applied here. */
  readonly owned: FieldTree | undefined;
  readonly known: FieldTree | undefined;
}

function merged({ target, live, owned, known }: Place): JsonValue {
  if (isJsonObject(target) && isJsonObject(live)) return mergedFields({ owned, known }, target, live);
  const shape = Array.isArray(target) && Array.isArray(live) ? shapeOf(known) : undefined;
  return shape === undefined ? target : mergedList({ target, live, owned, known }, shape);
}

function mergedFields(
  { owned, known }: Pick<Place, 'owned' | 'known'>,
  target: JsonObject,
  live: JsonObject,
): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(live), ...Object.keys(target)])) {
    const mine = below(owned, `f:${key}`);
    const wanted = target[key];
    const value =
      wanted === undefined
        ? withoutOwned(live[key], mine)
        : merged({ target: wanted, live: live[key], owned: mine, known: below(known, `f:${key}`) });
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** What stays of a live value that is wanted no more. */
function withoutOwned(live: JsonValue | undefined, owned: FieldTree | undefined): JsonValue | undefined {
  if (live === undefined || owned === undefined) return live;
  if (isWhole(owned)) return undefined;
  if (isJsonObject(live)) {
    const kept = Object.entries(live).flatMap(([key, value]) => {
      const left = withoutOwned(value, below(owned, `f:${key}`));
      return left === undefined ? [] : [[key, left] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  const shape = Array.isArray(live) ? shapeOf(owned) : undefined;
  if (shape === undefined) return live;
  const mine = ownedElements(owned, shape);
  const kept = (live as readonly JsonValue[]).filter((element) => !mine.has(shape.identityOf(element)));
  return kept.length === 0 ? undefined : kept;
}

function mergedList({ target, live, owned, known }: Place, shape: ListShape): readonly JsonValue[] {
  const wanted = new Map(elements(target).map((element) => [shape.identityOf(element), element]));
  const mine = ownedElements(owned, shape);
  const all = ownedElements(known, shape);
  const result = elements(live).flatMap((element) => {
    const identity = shape.identityOf(element);
    const wish = wanted.get(identity);
    wanted.delete(identity);
    if (wish === undefined) return mine.has(identity) ? [] : [element];
    const place = { target: wish, live: element, owned: mine.get(identity), known: all.get(identity) };
    return [merged(place)];
  });
  return [...result, ...wanted.values()];
}

const elements = (list: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(list) ? (list as readonly JsonValue[]) : [];
