import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '@tiphys/model';
import type { FlagSet, FlagValues } from '../../../program/definition.ts';
import { withValue } from './draft.ts';
import { imageName } from './images.ts';

/** What `app unset` can take out of a source. */
export const unsetFlags = {
  parameter: { kind: 'list', short: 'p', describe: 'Helm: parameter of this name', placeholder: 'name' },
  values: { kind: 'list', describe: 'Helm: this values file', placeholder: 'file' },
  'values-literal': { kind: 'switch', describe: 'Helm: the values that stand in the application' },
  'ignore-missing-value-files': { kind: 'switch', describe: 'Helm: no values file may be missing any more' },
  'pass-credentials': { kind: 'switch', describe: 'Helm: give credentials to no other hosts any more' },
  nameprefix: { kind: 'switch', describe: 'Kustomize: the prefix of names' },
  namesuffix: { kind: 'switch', describe: 'Kustomize: the suffix of names' },
  'kustomize-version': { kind: 'switch', describe: 'Kustomize: the version of the tool' },
  'kustomize-namespace': { kind: 'switch', describe: 'Kustomize: the namespace' },
  'kustomize-image': { kind: 'list', describe: 'Kustomize: the override of this image' },
  'kustomize-replica': { kind: 'list', describe: 'Kustomize: the replicas of this name' },
  'ignore-missing-components': {
    kind: 'switch',
    describe: 'Kustomize: no component may be missing any more',
  },
  'plugin-env': { kind: 'list', describe: 'Plugin: the variable of this name' },
  ref: { kind: 'switch', describe: 'The name under which other sources take files of this one' },
} as const satisfies FlagSet;

type Values = FlagValues<typeof unsetFlags>;
type NameOf<V> = { [K in keyof Values]: Values[K] extends V ? K : never }[keyof Values];

const fields: readonly (readonly [NameOf<boolean>, string])[] = [
  ['values-literal', 'source.helm.values'],
  ['values-literal', 'source.helm.valuesObject'],
  ['ignore-missing-value-files', 'source.helm.ignoreMissingValueFiles'],
  ['pass-credentials', 'source.helm.passCredentials'],
  ['nameprefix', 'source.kustomize.namePrefix'],
  ['namesuffix', 'source.kustomize.nameSuffix'],
  ['kustomize-version', 'source.kustomize.version'],
  ['kustomize-namespace', 'source.kustomize.namespace'],
  ['ignore-missing-components', 'source.kustomize.ignoreMissingComponents'],
  ['ref', 'source.ref'],
];

const nameIn = (item: JsonValue): JsonValue | undefined => (isJsonObject(item) ? item['name'] : undefined);

interface ListField {
  readonly flag: NameOf<readonly string[]>;
  readonly path: string;
  readonly matches: (item: JsonValue, wanted: string) => boolean;
}

const lists: readonly ListField[] = [
  {
    flag: 'parameter',
    path: 'source.helm.parameters',
    matches: (item, wanted) => nameIn(item) === wanted,
  },
  { flag: 'values', path: 'source.helm.valueFiles', matches: (item, wanted) => item === wanted },
  {
    flag: 'kustomize-image',
    path: 'source.kustomize.images',
    matches: (item, wanted) => typeof item === 'string' && imageName(item) === imageName(wanted),
  },
  {
    flag: 'kustomize-replica',
    path: 'source.kustomize.replicas',
    matches: (item, wanted) => nameIn(item) === wanted,
  },
  { flag: 'plugin-env', path: 'source.plugin.env', matches: (item, wanted) => nameIn(item) === wanted },
];

/** A spec whose source no longer holds what the flags name; what is not there is passed over. */
export function withoutFields(spec: JsonObject, values: Values): JsonObject {
  const bare = fields.reduce(
    (current, [flag, path]) => (values[flag] ? without(current, path.split('.')) : current),
    spec,
  );
  return lists.reduce(
    (current, field) =>
      values[field.flag].reduce((inner, wanted) => withoutItem(inner, field, wanted), current),
    bare,
  );
}

function withoutItem(spec: JsonObject, { path, matches }: ListField, wanted: string): JsonObject {
  const found = valueAt(spec, ...path.split('.'));
  if (!Array.isArray(found)) return spec;
  const before = found as readonly JsonValue[];
  const after = before.filter((item) => !matches(item, wanted));
  if (after.length === before.length) return spec;
  return after.length === 0 ? without(spec, path.split('.')) : withValue(spec, path, after);
}

function without(object: JsonObject, [key = '', ...rest]: readonly string[]): JsonObject {
  const inner = object[key];
  if (inner === undefined || inner === '' || inner === false) return object;
  if (rest.length > 0) return isJsonObject(inner) ? { ...object, [key]: without(inner, rest) } : object;
  const { [key]: _gone, ...others } = object;
  return others;
}
