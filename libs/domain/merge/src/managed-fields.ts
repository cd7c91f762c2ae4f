import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';

/** Whose fields move to whom. */
export interface FieldsMove {
  /** Managers that updated objects; what they applied on the server stays theirs. */
  readonly from: readonly string[];
  /** The manager that applies on the server from now on. */
  readonly to: string;
}

/**
 * The `metadata.managedFields` of a live object after the fields that `from` own by updates have become applied fields
 * of `to`; undefined where nothing moves. As in kubectl: they join the applied entry of `to`, or the newest of their
 * own entries becomes it; entries of another API version are dropped; entries of subresources stay.
 */
export function moveManagedFields(
  entries: readonly JsonObject[],
  { from, to }: FieldsMove,
): readonly JsonObject[] | undefined {
  const isFormer = (entry: JsonObject): boolean =>
    isOfObject(entry) && entry['operation'] === 'Update' && from.some((name) => name === entry['manager']);
  const former = entries.filter(isFormer);
  const applied = entries.find(
    (entry) => isOfObject(entry) && entry['operation'] === 'Apply' && entry['manager'] === to,
  );
  const base = applied ?? newest(former);
  if (former.length === 0 || base === undefined) return undefined;
  const joined = former.filter((entry) => entry['apiVersion'] === base['apiVersion'] && entry !== base);
  const fieldsV1 = joined.reduce<JsonValue>(
    (fields, entry) => unionOfFields(fields, entry['fieldsV1'] ?? {}),
    base['fieldsV1'] ?? {},
  );
  const merged: JsonObject = { ...base, manager: to, operation: 'Apply', fieldsV1 };
  return entries.flatMap((entry) => (entry === base ? [merged] : isFormer(entry) ? [] : [entry]));
}

const isOfObject = (entry: JsonObject): boolean => (entry['subresource'] ?? '') === '';

const newest = (entries: readonly JsonObject[]): JsonObject | undefined =>
  entries.toSorted((a, b) => compareTimes(b, a))[0];

const compareTimes = (a: JsonObject, b: JsonObject): number =>
  timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0;

const timeOf = (entry: JsonObject): string => (typeof entry['time'] === 'string' ? entry['time'] : '');

/** Both sets of paths (`fieldsV1`) as one. */
export function unionOfFields(a: JsonValue, b: JsonValue): JsonValue {
  if (!isJsonObject(a)) return b;
  if (!isJsonObject(b)) return a;
  const all: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(a)) if (value !== undefined) all[key] = value;
  for (const [key, value] of Object.entries(b)) {
    if (value === undefined) continue;
    const known = all[key];
    all[key] = known === undefined ? value : unionOfFields(known, value);
  }
  return all;
}
