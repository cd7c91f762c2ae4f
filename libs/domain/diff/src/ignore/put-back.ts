import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';

/** A value, and what was left of it when parts were removed. */
export interface Removed {
  readonly whole: JsonValue | undefined;
  readonly left: JsonValue | undefined;
}

/**
 * The value with the removed parts of another one put where they were. Parents that are missing are made, except
 * elements of lists.
 */
export function withRemovedPut(value: JsonValue | undefined, removed: Removed): JsonValue | undefined {
  const { whole, left } = removed;
  if (left === undefined || whole === undefined) return whole ?? value;
  if (jsonEqual(whole, left)) return value;
  if (isJsonObject(whole) && isJsonObject(left)) return intoObject(value, { whole, left });
  if (Array.isArray(whole) && Array.isArray(left) && Array.isArray(value))
    return intoList(value as readonly JsonValue[], {
      whole: whole as readonly JsonValue[],
      left: left as readonly JsonValue[],
    });
  return Array.isArray(whole) && value === undefined ? undefined : whole;
}

function intoObject(
  value: JsonValue | undefined,
  { whole, left }: { readonly whole: JsonObject; readonly left: JsonObject },
): JsonObject {
  const result: Record<string, JsonValue | undefined> = isJsonObject(value) ? { ...value } : {};
  for (const key of Object.keys(whole)) {
    const part = withRemovedPut(result[key], { whole: whole[key], left: left[key] });
    if (part !== undefined) result[key] = part;
  }
  return result;
}

interface RemovedList {
  readonly whole: readonly JsonValue[];
  readonly left: readonly JsonValue[];
}

function intoList(value: readonly JsonValue[], { whole, left }: RemovedList): readonly JsonValue[] {
  const result = [...value];
  let at = 0;
  whole.forEach((element, index) => {
    const rest = left[at];
    const isKept = rest !== undefined && (left.length === whole.length || isRestOf(rest, element));
    if (!isKept) {
      result.splice(index, 0, element);
      return;
    }
    at += 1;
    const place = placeOf(result, element, index);
    const inner = result[place];
    if (inner === undefined) return;
    const part = withRemovedPut(inner, { whole: element, left: rest });
    if (part !== undefined) result[place] = part;
  });
  return result;
}

/** True where the first may be what is left of the second. */
const isRestOf = (rest: JsonValue, element: JsonValue): boolean => {
  const [name, own] = [nameOf(rest), nameOf(element)];
  return name !== undefined && own !== undefined ? name === own : jsonEqual(rest, element);
};

function placeOf(list: readonly JsonValue[], element: JsonValue, index: number): number {
  const name = nameOf(element);
  return name === undefined ? index : list.findIndex((candidate) => nameOf(candidate) === name);
}

const nameOf = (value: JsonValue): string | undefined =>
  isJsonObject(value) && typeof value['name'] === 'string' ? value['name'] : undefined;
