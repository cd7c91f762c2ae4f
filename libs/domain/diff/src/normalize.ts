import {
  annotations,
  groupOf,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
} from '@tiphys/model';
import { isEmpty, structNamed, typeOfKind, withEncodedData } from '@tiphys/merge';
import { canonicalStruct } from './canonical.ts';
import { sortedEndpoints } from './endpoints.ts';
import { knownFieldsOf, withKnownTypes } from './known-types.ts';
import type { CompareOptions } from './options.ts';

type Fields = Record<string, JsonValue | undefined>;

/** Fields of `metadata` that only the server writes; a manifest that carries them was copied from a cluster. */
const serverMetadata = [
  'uid',
  'resourceVersion',
  'generation',
  'selfLink',
  'managedFields',
  'creationTimestamp',
];

/**
 * A wanted object (or what was applied last) in the form in which it is compared: without what only a server
 * writes, without its namespace (the caller has paired the two objects), values in their one form.
 */
export function normalizedTarget(object: JsonObject, kind: Kind, options: CompareOptions): JsonObject {
  const result: Fields = { ...object };
  if (isJsonObject(object['metadata'])) result['metadata'] = targetMetadata(object['metadata']);
  if (dropsStatus(kind, options)) delete result['status'];
  return byKind(typed(result, kind, options), kind, options);
}

/** A live object in the form in which it is compared. */
export function normalizedLive(object: JsonObject, kind: Kind, options: CompareOptions): JsonObject {
  const result: Fields = { ...object };
  const metadata = object['metadata'];
  if (isJsonObject(metadata)) {
    const kept: Fields = { ...metadata };
    delete kept['managedFields'];
    delete kept['creationTimestamp'];
    result['metadata'] = kept;
  }
  if (dropsStatus(kind, options)) delete result['status'];
  const fields = knownFieldsOf(groupOf(kind.apiVersion), kind.kind, options.knownTypeFields);
  return byKind(fields.length === 0 ? result : withKnownTypes(result, fields), kind, options);
}

export type Kind = Pick<KubeObject, 'apiVersion' | 'kind'>;

function targetMetadata(metadata: JsonObject): JsonObject {
  const kept: Fields = { ...metadata };
  delete kept['namespace'];
  for (const key of serverMetadata) delete kept[key];
  for (const key of ['labels', 'annotations']) {
    const map = kept[key];
    if (map === null || (isJsonObject(map) && isEmpty(map))) delete kept[key];
  }
  const own = kept['annotations'];
  if (isJsonObject(own) && own[annotations.lastApplied] !== undefined) {
    const rest: Fields = { ...own };
    delete rest[annotations.lastApplied];
    kept['annotations'] = rest;
  }
  return kept;
}

function dropsStatus(kind: Kind, options: CompareOptions): boolean {
  switch (options.ignoreResourceStatusField ?? 'all') {
    case 'all':
      return true;
    case 'crd':
      return kind.kind === 'CustomResourceDefinition' && groupOf(kind.apiVersion) === 'apiextensions.k8s.io';
    case 'none':
      return false;
  }
}

function typed(object: JsonObject, kind: Kind, options: CompareOptions): JsonObject {
  const type = typeOfKind(kind);
  if (type !== undefined) return canonicalStruct(isSecret(kind) ? withEncodedData(object) : object, type);
  const metadata = object['metadata'];
  const result = isJsonObject(metadata)
    ? { ...object, metadata: canonicalStruct(metadata, structNamed('meta/v1.ObjectMeta')) }
    : object;
  return withKnownTypes(result, knownFieldsOf(groupOf(kind.apiVersion), kind.kind, options.knownTypeFields));
}

export const isSecret = (kind: Kind): boolean => kind.kind === 'Secret' && kind.apiVersion === 'v1';

function byKind(object: JsonObject, kind: Kind, options: CompareOptions): JsonObject {
  if (kind.kind === 'Endpoints' && kind.apiVersion === 'v1') return sortedEndpoints(object);
  const isAggregated = kind.kind === 'ClusterRole' && (object['aggregationRule'] ?? null) !== null;
  if (isAggregated && options.ignoreAggregatedRoles === true && kind.apiVersion.startsWith('rbac.')) {
    const rest: Fields = { ...object };
    delete rest['rules'];
    return rest;
  }
  return object;
}
