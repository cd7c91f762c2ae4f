import { GROUP, VERSION } from '@tiphys/model';
import type { ApplicationSet, JsonObject, JsonValue, ResourceStatus } from '@tiphys/model';

/** The Applications of an ApplicationSet, as its controller last told of them, as children of it. */
export function treeOf({ metadata, status }: ApplicationSet): JsonObject {
  const { name = '', namespace = '', uid = '' } = metadata;
  const parent = { group: GROUP, version: VERSION, kind: 'ApplicationSet', namespace, name, uid };
  const nodes = (status?.resources ?? []).map((resource) => nodeOf(resource, parent));
  return nodes.length === 0 ? {} : { nodes };
}

const nodeOf = (resource: ResourceStatus, parent: JsonObject): JsonObject => ({
  ...pick(resource, ['group', 'version', 'kind', 'namespace', 'name']),
  parentRefs: [parent],
  ...(resource.health === undefined ? {} : { health: pick(resource.health, ['status', 'message']) }),
});

const pick = (from: object, keys: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries<JsonValue>({ ...from }).filter(([key]) => keys.includes(key)));
