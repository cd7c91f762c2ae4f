import { isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';
import { isElement } from './field-paths.ts';

/** The two sides of a comparison. */
interface Sides {
  readonly target: JsonValue | undefined;
  readonly live: JsonValue | undefined;
}

/**
 * Both sides without the fields that one of `managers` owns and that differ, by what `managedFields` of the live
 * object records (structured merge diff paths: `f:field`, `k:{"name":"x"}` and `v:value` elements, `i:0`).
 */
export function withoutManagedDifferences(
  sides: { readonly target: JsonObject; readonly live: JsonObject },
  entries: KubeObject['metadata']['managedFields'],
  managers: readonly string[],
): { readonly target: JsonObject; readonly live: JsonObject } {
  let result: Sides = sides;
  for (const entry of entries ?? []) {
    const { manager, fieldsV1 } = entry;
    if (typeof manager !== 'string' || !managers.includes(manager) || !isJsonObject(fieldsV1)) continue;
    result = without(result, fieldsV1);
  }
  return { target: result.target as JsonObject, live: result.live as JsonObject };
}

function without(sides: Sides, owned: JsonObject): Sides {
  let result = sides;
  for (const [path, below] of Object.entries(owned)) {
    if (path === '.' || !isJsonObject(below)) continue;
    result = path.startsWith('f:')
      ? withoutField(result, path.slice(2), below)
      : withoutElement(result, path, below);
  }
  return result;
}

const isLeaf = (owned: JsonObject): boolean => !Object.keys(owned).some((path) => path !== '.');

function withoutField(sides: Sides, key: string, below: JsonObject): Sides {
  const target = isJsonObject(sides.target) ? sides.target[key] : undefined;
  const live = isJsonObject(sides.live) ? sides.live[key] : undefined;
  const inner = isLeaf(below) ? dropped({ target, live }) : without({ target, live }, below);
  return { target: replaced(sides.target, key, inner.target), live: replaced(sides.live, key, inner.live) };
}

const dropped = (sides: Sides): Sides =>
  jsonEqual(sides.target, sides.live) ? sides : { target: undefined, live: undefined };

function replaced(
  side: JsonValue | undefined,
  key: string,
  value: JsonValue | undefined,
): JsonValue | undefined {
  if (!isJsonObject(side) || side[key] === value) return side;
  const result: Record<string, JsonValue | undefined> = { ...side };
  if (value === undefined) delete result[key];
  else result[key] = value;
  return result;
}

function withoutElement(sides: Sides, path: string, below: JsonObject): Sides {
  const find = (side: JsonValue | undefined): number =>
    Array.isArray(side)
      ? (side as readonly JsonValue[]).findIndex((element, index) => isElement(element, index, path))
      : -1;
  const at = { target: find(sides.target), live: find(sides.live) };
  const elementOf = (side: JsonValue | undefined, index: number): JsonValue | undefined =>
    index < 0 ? undefined : (side as readonly JsonValue[])[index];
  const found = { target: elementOf(sides.target, at.target), live: elementOf(sides.live, at.live) };
  const isWhole = isLeaf(below) || found.target === undefined || found.live === undefined;
  const inner = isWhole ? dropped(found) : without(found, below);
  return {
    target: replacedAt(sides.target, at.target, inner.target),
    live: replacedAt(sides.live, at.live, inner.live),
  };
}

function replacedAt(
  side: JsonValue | undefined,
  index: number,
  value: JsonValue | undefined,
): JsonValue | undefined {
  if (index < 0 || !Array.isArray(side)) return side;
  const list = [...(side as readonly JsonValue[])];
  if (value === undefined) list.splice(index, 1);
  else list[index] = value;
  return list;
}
