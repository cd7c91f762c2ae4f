import { TiphysError, arrayAt, asKubeObject, keyOf, messageOf, refOf, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue, KubeObject, ResourceKey, ResourceRef } from '@tiphys/model';
import { parseJson } from '@tiphys/adapter-argo-api';

/** An object to compare; without a target it is to go. */
export interface AskedObject {
  readonly ref: ResourceRef;
  readonly target: KubeObject | undefined;
}

/** More are asked for in several calls. */
const MAX_OBJECTS = 1_000;

/**
 * The objects of a request, each once. Of live objects only their names count: what they are is asked of the cluster.
 * `namespaceOf` gives targets without a namespace theirs. Errors: `invalid` for what is no object, `resource-exhausted`
 * for too many.
 */
export function askedObjects(
  request: JsonObject,
  namespaceOf: (target: KubeObject) => Promise<string>,
): Promise<readonly AskedObject[]> {
  const manifests = arrayAt(request, 'targetManifests');
  const live = arrayAt(request, 'liveResources');
  if (manifests.length > MAX_OBJECTS || live.length > MAX_OBJECTS)
    throw new TiphysError('resource-exhausted', `more than ${MAX_OBJECTS} objects in one request`);
  return merged(manifests.flatMap(targetOf), live, namespaceOf);
}

async function merged(
  targets: readonly KubeObject[],
  live: readonly JsonValue[],
  namespaceOf: (target: KubeObject) => Promise<string>,
): Promise<readonly AskedObject[]> {
  const found = new Map<ResourceKey, AskedObject>();
  for (const item of live) {
    const ref = refIn(item);
    found.set(keyOf(ref), { ref, target: undefined });
  }
  for (const target of targets) {
    const namespace = await namespaceOf(target);
    const { namespace: _own, ...metadata } = target.metadata;
    const placed = { ...target, metadata: namespace === '' ? metadata : { ...metadata, namespace } };
    const ref = refOf(placed);
    found.set(keyOf(ref), { ref, target: placed });
  }
  return [...found.values()];
}

function targetOf(text: JsonValue, index: number): readonly KubeObject[] {
  if (typeof text !== 'string' || text === '' || text === 'null') return [];
  const object = asKubeObject(parsed(text, index));
  if (object !== undefined && (object.metadata.name ?? '') !== '') return [object];
  throw new TiphysError('invalid', `target manifest ${index + 1} is no Kubernetes object with a name`);
}

function parsed(text: string, index: number): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    throw new TiphysError('invalid', `target manifest ${index + 1} is not valid JSON: ${messageOf(error)}`);
  }
}

const refIn = (item: JsonValue): ResourceRef => ({
  group: stringAt(item, 'group') ?? '',
  kind: stringAt(item, 'kind') ?? '',
  namespace: stringAt(item, 'namespace') ?? '',
  name: stringAt(item, 'name') ?? '',
});
