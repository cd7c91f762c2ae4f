import { compareObject } from '@tiphys/diff';
import { asKubeObject, type JsonObject, type ResourceIgnoreDifferences } from '@tiphys/model';
import type { Api } from '../../api/api.ts';
import type { AppRef } from '../../api/applications.ts';
import type { App } from '../../api/schemas/application.ts';
import type { ManagedResource } from '../../api/schemas/resources.ts';
import type { Query } from '../../api/transport.ts';
import { formatObjectDiff, objectOf, type ObjectSides } from '../../output/object-diff.ts';
import { keyOf } from '../../output/resource-states.ts';
import type { DiffOptions } from '../../output/text-diff.ts';
import type { LocalFiles } from './local/archive.ts';
import { localManifests } from './local/manifests.ts';
import { sidesOnServer } from './server-side.ts';
import { targetIdentity } from './target-identity.ts';

export interface DiffRequest {
  readonly app: App;
  readonly ref: AppRef;
  /** Of the manifests to compare with; empty for those of the application as it is. */
  readonly query: Query;
  /** Files whose manifests to compare with, in place of those of the repository. */
  readonly local?: LocalFiles | undefined;
  /** Let the API server of the destination predict what applying does. */
  readonly onServer?: { readonly maxBatchKilobytes: number } | undefined;
}

/** How the live objects of an application differ from the desired ones, object by object, as text. */
export async function differences(
  api: Api,
  request: DiffRequest,
  options: DiffOptions,
): Promise<readonly string[]> {
  const { app, ref, onServer } = request;
  const managed = (await api.applications.managedResources(ref)).filter(({ hook }) => hook !== true);
  const manifests = await wantedManifests(api, request);
  const sides =
    onServer !== undefined
      ? await sidesOnServer(api, { app, ref, managed, manifests, ...onServer })
      : manifests === undefined
        ? managed.map(sidesOf)
        : sidesAtRevision(app, managed, manifests);
  return sides.map((one) => formatObjectDiff(one, options)).filter((text) => text !== '');
}

/** The manifests that were asked for; undefined for those of the application as it is. */
async function wantedManifests(
  api: Api,
  { app, ref, query, local }: DiffRequest,
): Promise<readonly string[] | undefined> {
  if (local !== undefined) return await localManifests(api, { app, ref, files: local });
  return Object.keys(query).length === 0 ? undefined : await api.applications.manifests(ref, query);
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
