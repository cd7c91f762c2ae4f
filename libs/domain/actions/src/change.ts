import {
  isJsonObject,
  TiphysError,
  valueAt,
  type JsonObject,
  type JsonValue,
  type KubeObject,
} from '@tiphys/model';
import type { ActionContext, ActionRule, Impact } from './action.ts';

/** The object with a value at a path; undefined takes the value away. What is on the way is made where missing. */
export function withAt(
  object: JsonObject,
  [key, ...rest]: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  if (key === undefined) return object;
  if (rest.length > 0) {
    const inner = object[key];
    if (!isJsonObject(inner) && value === undefined) return object;
    return { ...object, [key]: withAt(isJsonObject(inner) ? inner : {}, rest, value) };
  }
  if (value !== undefined) return { ...object, [key]: value };
  const { [key]: _removed, ...others } = object;
  return others;
}

/** A change of the object: each path with the value that it gets, undefined for none. */
export type Changes = readonly (readonly [path: readonly string[], value: JsonValue | undefined])[];

export const patched = (object: JsonObject, changes: Changes): readonly Impact[] => {
  const changed = changes.reduce((current, [path, value]) => withAt(current, path, value), object);
  return [{ operation: 'patch', object: changed as unknown as KubeObject }];
};

/** An action that only sets values, whatever the object holds. */
export const setting =
  (changes: (context: ActionContext) => Changes): ActionRule['run'] =>
  (object, context) =>
    patched(object, changes(context));

export const annotation = (key: string): readonly string[] => ['metadata', 'annotations', key];
export const label = (key: string): readonly string[] => ['metadata', 'labels', key];

export const hasValue = (object: JsonObject, path: readonly string[], value: JsonValue): boolean =>
  valueAt(object, ...path) === value;

/** `2026-01-31T12:00:00Z`. */
export const timestampOf = ({ now }: ActionContext): string => now.toISOString().replace(/\.\d+Z$/u, 'Z');

/** A whole number that is not negative; `invalid` where the parameter is missing or is none. */
export function countOf({ params }: ActionContext, name: string): number {
  const text = params[name];
  if (text === undefined || !/^\d{1,9}$/u.test(text.trim()))
    throw new TiphysError('invalid', `parameter ${name}: ${text ?? 'missing'} is not a number of at least 0`);
  return Number(text);
}

const MAX_NAME = 63;

/** The name of an object made from another at this second. */
export function nameAt(name: string, context: ActionContext): string {
  const suffix = `-${timestampOf(context).replaceAll(/\D/gu, '')}`;
  return `${name.slice(0, MAX_NAME - suffix.length)}${suffix}`;
}

/** A reference to an object as the owner of another. */
export function ownerReferenceOf(object: JsonObject): JsonObject {
  return {
    apiVersion: object['apiVersion'],
    kind: object['kind'],
    name: valueAt(object, 'metadata', 'name'),
    uid: valueAt(object, 'metadata', 'uid'),
  };
}

export const created = (object: JsonObject): readonly Impact[] => [
  { operation: 'create', object: object as unknown as KubeObject },
];
