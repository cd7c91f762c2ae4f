import type { JsonObject, JsonValue, KubeObject } from '@tiphys/model';
import { TiphysError, asJson } from '@tiphys/model';
import type { ApiResource, DeleteOptions, KubeApi, PatchType, WriteOptions } from '@tiphys/ports';
import { parseJson, stringifyJson } from './lossless-json.ts';
import { objectOf } from './objects.ts';
import { objectPath, queryString, writePath } from './paths.ts';
import type { Query } from './paths.ts';
import type { Transport, TransportRequest } from './transport.ts';

const CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** The calls of KubeApi that read or write one object. */
export type ObjectCalls = Pick<KubeApi, 'get' | 'create' | 'replace' | 'patch' | 'delete'>;

export function objectCalls(transport: Transport): ObjectCalls {
  const call = async (request: TransportRequest, resource: ApiResource): Promise<KubeObject> =>
    objectOf(parseJson(await transport.send(request)), `${request.method} ${resource.resource}`);
  return {
    get: async (resource, name) => call({ method: 'GET', path: objectPath(resource, name) }, resource),
    create: async (resource, object, options = {}) => {
      const path = writePath(resource, object.metadata.namespace) + queryString(writeQuery(options));
      return call({ method: 'POST', path, body: stringifyJson(asJson(object)) }, resource);
    },
    replace: async (resource, object, options = {}) => {
      const path = objectPath(resource, nameOf(object)) + queryString(writeQuery(options));
      return call({ method: 'PUT', path, body: stringifyJson(asJson(object)) }, resource);
    },
    patch: async (resource, name, { body, type, force, subresource, ...options }) => {
      const query = { ...writeQuery(options), force: type === 'apply' ? force : undefined };
      const path = objectPath(resource, name, subresource) + queryString(query);
      const contentType = CONTENT_TYPES[type];
      return call({ method: 'PATCH', path, body: stringifyJson(body), contentType }, resource);
    },
    delete: async (resource, name, options = {}) => {
      const body = stringifyJson(deleteBody(options));
      await transport.send({ method: 'DELETE', path: objectPath(resource, name), body });
    },
  };
}

const writeQuery = ({ fieldManager, dryRun, fieldValidation }: WriteOptions): Query => ({
  fieldManager,
  dryRun: dryRun === true ? 'All' : undefined,
  fieldValidation,
});

function nameOf(object: KubeObject): { name: string; namespace?: string } {
  const { name, namespace } = object.metadata;
  if (name === undefined) throw new TiphysError('invalid', `${object.kind} to replace has no metadata.name`);
  return namespace === undefined ? { name } : { name, namespace };
}

function deleteBody(options: DeleteOptions): JsonObject {
  const { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun } = options;
  const guarded = uid !== undefined || resourceVersion !== undefined;
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: propagation,
    gracePeriodSeconds,
    preconditions: guarded ? { uid, resourceVersion } : undefined,
    dryRun: dryRun === true ? ['All'] : undefined,
  } satisfies Record<string, JsonValue | undefined>;
}
