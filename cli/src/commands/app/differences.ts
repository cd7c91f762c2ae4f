import { compareObject } from '@tiphys/diff';
import { asKubeObject, stringAt, type JsonObject, type ResourceIgnoreDifferences } from '@tiphys/model';
import type { Api } from '../../api/api.ts';
import type { AppRef } from '../../api/applications.ts';
import type { App } from '../../api/schemas/application.ts';
import type { ManagedResource } from '../../api/schemas/resources.ts';
import type { Query } from '../../api/transport.ts';
import { formatObjectDiff, objectOf, type ObjectSides } from '../../output/object-diff.ts';
import { keyOf } from '../../output/resource-states.ts';
import type { DiffOptions } from '../../output/text-diff.ts';

export interface DiffRequest {
  readonly app: App;
  readonly ref: AppRef;
  /** Of the manifests to compare with; empty for those of the application as it is. */
  readonly query: Query;
}

/** How the live objects of an application differ from the desired ones, object by object, as text. */
export async function differences(
  api: Api,
  { app, ref, query }: DiffRequest,
  options: DiffOptions,
): Promise<readonly string[]> {
  const managed = (await api.applications.managedResources(ref)).filter(({ hook }) => hook !== true);
  const sides =
    Object.keys(query).length === 0
      ? managed.map(sidesOf)
      : sidesAtRevision(app, managed, await api.applications.manifests(ref, query));
  return sides.map((one) => formatObjectDiff(one, options)).filter((text) => text !== '');
}

const identityOf = ({
  group,
  kind,
  namespace,
  name,
}: ManagedResource): Omit<ObjectSides, 'live' | 'desired'> => ({
  group: group ?? '',
  kind,
  namespace: namespace ?? '',
  name,
});

/** As the server compared them: defaults and ignored fields are out of the way. */
function sidesOf(item: ManagedResource): ObjectSides {
  const where = `the state of ${item.kind} ${item.name}`;
  const target = objectOf(item.targetState, where);
  const live = objectOf(item.normalizedLiveState, where) ?? objectOf(item.liveState, where);
  const desired = target === undefined ? undefined : (objectOf(item.predictedLiveState, where) ?? target);
  return { ...identityOf(item), live, desired };
}

/** The live objects against manifests of another revision, compared here. */
function sidesAtRevision(
  app: App,
  managed: readonly ManagedResource[],
  manifests: readonly string[],
): readonly ObjectSides[] {
  const targets = new Map(
    manifests.flatMap((text) => {
      const object = objectOf(text, 'the manifests');
      return object === undefined ? [] : [[keyOf(targetIdentity(object, app, managed)), object] as const];
    }),
  );
  const known = managed.map((item) => compared(app, item, targets.get(keyOf(item))));
  const names = new Set(managed.map(keyOf));
  const fresh = [...targets].filter(([key]) => !names.has(key)).map(([, object]) => object);
  const added = fresh.map((desired) => ({
    ...targetIdentity(desired, app, managed),
    live: undefined,
    desired,
  }));
  return [...known, ...added];
}

function compared(app: App, item: ManagedResource, target: JsonObject | undefined): ObjectSides {
  const raw = objectOf(item.liveState, `the live state of ${item.kind} ${item.name}`);
  const live = asKubeObject(raw);
  const wanted = asKubeObject(target);
  if (live === undefined || wanted === undefined) return { ...identityOf(item), live: raw, desired: target };
  const ignoreDifferences = (app.spec['ignoreDifferences'] ?? []) as readonly ResourceIgnoreDifferences[];
  const result = compareObject({ target: wanted, live, options: { ignoreDifferences } });
  return {
    ...identityOf(item),
    live: result.normalizedLive as unknown as JsonObject,
    desired: result.predictedLive as unknown as JsonObject,
  };
}

/** A rendered object without a namespace goes where the application goes, unless its kind has none. */
function targetIdentity(
  object: JsonObject,
  app: App,
  managed: readonly ManagedResource[],
): Omit<ObjectSides, 'live' | 'desired'> {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const kind = stringAt(object, 'kind') ?? '';
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const own = stringAt(object, 'metadata', 'namespace') ?? '';
  const isClusterScoped = managed.some((item) => item.kind === kind && (item.namespace ?? '') === '');
  const namespace = own !== '' || isClusterScoped ? own : (app.spec.destination?.namespace ?? '');
  return { group, kind, namespace, name };
}
