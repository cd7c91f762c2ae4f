import { isJsonObject, TiphysError, type JsonObject, type JsonValue } from '@tiphys/model';
import { directives } from './directives.ts';
import { goJson } from './go-json.ts';
import type { Field, StructType } from './kube-types.ts';
import { mergeList, orderedBy } from './strategic-apply-list.ts';
import { lookupOf, lookupOfStruct, type FieldLookup } from './lookup.ts';

type Result = Record<string, JsonValue | undefined>;

/**
 * The object that the API server makes of `current` and a strategic merge patch. Shares unchanged parts with
 * `current`; neither argument is changed.
 * @throws TiphysError `invalid` for a directive that the API server refuses.
 */
export const applyStrategicPatch = (current: JsonObject, patch: JsonObject, type: StructType): JsonObject =>
  applyObject(current, patch, lookupOfStruct(type));

/** Applies the patch of one object below the root; see {@link applyStrategicPatch}. */
export function applyObject(current: JsonObject, patch: JsonObject, fieldOf: FieldLookup): JsonObject {
  const directive = patch[directives.patch];
  if (directive !== undefined) return applyDirective(directive, patch);
  const result: Result = retained(current, patch[directives.retainKeys]);
  const ordered = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(directives.setElementOrder)) continue;
    const name = key.slice(directives.setElementOrder.length);
    ordered.add(name);
    applyOrdered(
      result,
      { name, field: fieldOf(name) },
      { order: listOf(patch[key], key), patch: patch[name] },
    );
  }
  for (const key of Object.keys(patch)) {
    if (key === directives.retainKeys || key.startsWith(directives.setElementOrder) || ordered.has(key))
      continue;
    if (key.startsWith(directives.deleteFromPrimitiveList)) {
      removeValues(result, key.slice(directives.deleteFromPrimitiveList.length), listOf(patch[key], key));
    } else applyField(result, { name: key, field: fieldOf(key) }, patch[key]);
  }
  return result;
}

function applyDirective(directive: JsonValue, patch: JsonObject): JsonObject {
  if (directive === 'delete') return {};
  if (directive !== 'replace')
    throw new TiphysError('invalid', `unknown ${directives.patch} directive: ${goJson(directive)}`);
  const rest: Result = { ...patch };
  delete rest[directives.patch];
  return rest;
}

function retained(current: JsonObject, keys: JsonValue | undefined): Result {
  if (!Array.isArray(keys)) return { ...current };
  const kept: Result = {};
  for (const key of keys as JsonValue[]) {
    if (typeof key === 'string' && current[key] !== undefined) kept[key] = current[key];
  }
  return kept;
}

interface Place {
  readonly name: string;
  readonly field: Field | undefined;
}

function applyField(result: Result, { name, field }: Place, value: JsonValue | undefined): void {
  const have = result[name];
  if (value === undefined) return;
  if (value === null) delete result[name];
  else if (isJsonObject(value) && isJsonObject(have)) {
    result[name] = field?.replace === true ? value : applyObject(have, value, lookupOf(field?.type));
  } else if (Array.isArray(value) && Array.isArray(have) && field?.merge === true) {
    const elementOf = lookupOf(field.type.form === 'list' ? field.type.of : undefined);
    result[name] = mergeList(
      { name, mergeKey: field.mergeKey, applyElement: (base, patch) => applyObject(base, patch, elementOf) },
      { current: have as JsonValue[], patch: value as JsonValue[] },
    );
  } else {
    const cleaned = withoutDirectives(value);
    if (cleaned === undefined) delete result[name];
    else result[name] = cleaned;
  }
}

function applyOrdered(
  result: Result,
  { name, field }: Place,
  by: { order: readonly JsonValue[]; patch: JsonValue | undefined },
): void {
  const before = result[name];
  if (by.patch !== undefined) applyField(result, { name, field }, by.patch);
  const merged = result[name];
  if (!Array.isArray(merged)) return;
  result[name] = orderedBy(merged as JsonValue[], {
    order: by.order,
    live: Array.isArray(before) ? (before as JsonValue[]) : [],
    mergeKey: field?.mergeKey,
  });
}

function removeValues(result: Result, name: string, values: readonly JsonValue[]): void {
  const have = result[name];
  if (Array.isArray(have)) result[name] = (have as JsonValue[]).filter((value) => !values.includes(value));
}

function listOf(value: JsonValue | undefined, key: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value as JsonValue[];
  throw new TiphysError('invalid', `the value of ${key} in a strategic merge patch must be a list`);
}

/** A value to be set as it is: without nulls and without elements that only carry a directive. */
function withoutDirectives(value: JsonValue): JsonValue | undefined {
  if (Array.isArray(value)) {
    return (value as JsonValue[]).map(withoutDirectives).filter((element) => element !== undefined);
  }
  if (!isJsonObject(value)) return value;
  if (value[directives.patch] !== undefined) return undefined;
  const kept: Result = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue;
    const cleaned = withoutDirectives(inner);
    if (cleaned !== undefined) kept[key] = cleaned;
  }
  return kept;
}
