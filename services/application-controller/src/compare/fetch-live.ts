import {
  describeRef,
  gvkOf,
  hasCode,
  isTiphysError,
  messageOf,
  TiphysError,
  type GroupKind,
  type KubeObject,
  type ResourceKey,
} from '@tiphys/model';
import type { ClusterView } from '../live/cluster-view.ts';
import { assertInScope } from '../live/watch-scope.ts';
import type { Target } from './targets.ts';

/**
 * The live objects behind the targets. The view holds what Applications track, at the preferred version of its kind; an
 * object that exists without a mark is read from the API, and so is one of another version or of a kind that cannot be
 * watched. Fails for objects that the control plane was not given, and for kinds that cannot be listed.
 */
export async function fetchLive(
  view: ClusterView,
  targets: readonly Target[],
): Promise<ReadonlyMap<ResourceKey, KubeObject>> {
  assertVisible(view, targets);
  const found = new Map<ResourceKey, KubeObject>();
  const unknown: Target[] = [];
  for (const target of targets) {
    const known = view.get(target.key);
    if (known?.object?.apiVersion === target.object.apiVersion) found.set(target.key, known.object);
    else if (known !== undefined || !isWatched(view, target)) unknown.push(target);
  }
  await Promise.all(
    unknown.map(async (target) => {
      const live = await readLive(view, target);
      if (live !== undefined) found.set(target.key, live);
    }),
  );
  return found;
}

function assertVisible(view: ClusterView, targets: readonly Target[]): void {
  for (const { ref } of targets) {
    const resource = view.kinds.preferred(ref);
    if (resource !== undefined) assertInScope(ref, resource, view.scope);
  }
  assertListed(
    view,
    targets.map(({ ref }) => ref),
  );
}

/** Throws `unavailable` for the first kind whose objects cannot be listed, naming it and the reason. */
export function assertListed(view: ClusterView, kinds: readonly GroupKind[]): void {
  for (const kind of kinds) {
    const resource = view.kinds.preferred(kind);
    const trouble = resource === undefined ? undefined : view.troubleOf(resource);
    if (trouble === undefined) continue;
    const name = kind.group === '' ? kind.kind : `${kind.group}/${kind.kind}`;
    throw new TiphysError('unavailable', `Failed to load live state: ${name} cannot be listed: ${trouble}`);
  }
}

function isWatched(view: ClusterView, target: Target): boolean {
  const resource = view.kinds.preferred(target.ref);
  return resource !== undefined && view.failureOf(resource) === undefined && resource.verbs.includes('watch');
}

async function readLive(view: ClusterView, target: Target): Promise<KubeObject | undefined> {
  const kind = gvkOf(target.object);
  if (!view.kinds.has(kind)) return undefined;
  try {
    return await view.api.get(view.kinds.find(kind), target.ref);
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw new TiphysError(
      isTiphysError(error) ? error.code : 'unknown',
      `Failed to load live state: ${describeRef(target.ref)}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
