import { gvkOf, hasCode, type KubeObject, type ResourceKey } from '@tiphys/model';
import type { ClusterView } from '../live/cluster-view.ts';
import type { Target } from './targets.ts';

/**
 * The live objects behind the targets. The view holds what Applications track, at the preferred version of its kind; an
 * object that exists without a mark is read from the API, and so is one of another version or of a kind that cannot be
 * watched.
 */
export async function fetchLive(
  view: ClusterView,
  targets: readonly Target[],
): Promise<ReadonlyMap<ResourceKey, KubeObject>> {
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
    throw error;
  }
}
