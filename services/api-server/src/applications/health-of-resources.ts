import { arrayAt, asJson, isJsonObject, stringAt } from '@tiphys/model';
import type { Application, JsonObject, JsonValue } from '@tiphys/model';

const FROM_TREE = 'appTree';

/** True where the health of each resource is not in the status but in the tree. */
export const needsTree = (app: Application): boolean =>
  app.status?.resourceHealthSource === FROM_TREE && (app.status.resources?.length ?? 0) > 0;

/** The Application with the health of each resource taken from its tree. */
export function withHealth(app: Application, tree: JsonObject | undefined): Application {
  if (!tree || !needsTree(app)) return app;
  const health = new Map<string, JsonValue>();
  for (const node of arrayAt(tree, 'nodes')) {
    const found = isJsonObject(node) ? node['health'] : undefined;
    if (isJsonObject(found)) health.set(keyOf(node), found);
  }
  const resources = arrayAt(asJson(app), 'status', 'resources').map((resource) =>
    isJsonObject(resource) ? { ...resource, ...(healthFor(resource, health) ?? {}) } : resource,
  );
  return { ...app, status: { ...app.status, resources } } as unknown as Application;
}

function healthFor(resource: JsonObject, health: ReadonlyMap<string, JsonValue>): JsonObject | undefined {
  const found = health.get(keyOf(resource));
  return found === undefined ? undefined : { health: found };
}

const keyOf = (value: JsonValue): string =>
  ['group', 'kind', 'namespace', 'name'].map((key) => stringAt(value, key) ?? '').join('/');
