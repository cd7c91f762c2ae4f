import { isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@tiphys/model';
import { goJson, unionOfFields } from '@tiphys/merge';
import { parseJson } from '@tiphys/yaml';

/** Paths of fields in the form of `fieldsV1`: `f:field`, `k:{"name":"x"}` and `v:value` elements, `.` for itself. */
export type FieldTree = JsonObject;

type ManagedFields = KubeObject['metadata']['managedFields'];

/** All fields that a manager owns, by whatever operation. */
export const fieldsOf = (entries: ManagedFields, manager: string): FieldTree =>
  joined(entries, (entry) => entry['manager'] === manager);

/** All fields that somebody else owns too. */
export const fieldsOfOthers = (entries: ManagedFields, manager: string): FieldTree =>
  joined(entries, (entry) => entry['manager'] !== manager);

/** All fields that anybody owns. */
export const fieldsOfAll = (entries: ManagedFields): FieldTree => joined(entries, () => true);

function joined(entries: ManagedFields, takes: (entry: JsonObject) => boolean): FieldTree {
  const trees = (entries ?? []).filter((entry) => takes(entry)).map((entry) => entry['fieldsV1']);
  return trees
    .filter(isJsonObject)
    .reduce<FieldTree>((all, tree) => unionOfFields(all, tree) as FieldTree, {});
}

/** What is owned below one step; undefined where nothing is. */
export function below(tree: FieldTree | undefined, step: string): FieldTree | undefined {
  const inner = tree?.[step];
  return isJsonObject(inner) ? inner : undefined;
}

/** True for a path that is owned as a whole, without anything below it. */
export const isWhole = (tree: FieldTree): boolean => !Object.keys(tree).some((step) => step !== '.');

/** How the elements of a list are told apart. */
export interface ListShape {
  /** Equal for the same element in two versions of the list. */
  identityOf(element: JsonValue): string;
  /** The fields that make the identity; empty where the whole value is it. */
  readonly keys: readonly string[];
  /** The identity behind each step of a tree. */
  readonly identityOfStep: (step: string) => string | undefined;
}

/** The shape of a list as those who own parts of it recorded it; undefined where it is owned as a whole. */
export function shapeOf(tree: FieldTree | undefined): ListShape | undefined {
  const step = Object.keys(tree ?? {}).find((name) => name.startsWith('k:') || name.startsWith('v:'));
  if (step === undefined) return undefined;
  if (step.startsWith('v:')) {
    return {
      keys: [],
      identityOf: goJson,
      identityOfStep: (name) => (name.startsWith('v:') ? goJson(parse(name)) : undefined),
    };
  }
  const first = parse(step);
  const keys = isJsonObject(first) ? Object.keys(first) : [];
  const identityOf = (element: JsonValue): string =>
    goJson(keys.map((key) => (isJsonObject(element) ? (element[key] ?? null) : null)));
  return {
    keys,
    identityOf,
    identityOfStep: (name) => (name.startsWith('k:') ? identityOf(parse(name)) : undefined),
  };
}

const parse = (step: string): JsonValue => parseJson(step.slice(2), 'managedFields');

/** What is owned of each element, by its identity. */
export function ownedElements(tree: FieldTree | undefined, shape: ListShape): ReadonlyMap<string, FieldTree> {
  const owned = new Map<string, FieldTree>();
  for (const [step, inner] of Object.entries(tree ?? {})) {
    const identity = shape.identityOfStep(step);
    if (identity !== undefined && isJsonObject(inner)) owned.set(identity, inner);
  }
  return owned;
}
