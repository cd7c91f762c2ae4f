import { TiphysError, type ResourceRef } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

/** How much of a cluster its secret gives to the control plane. */
export interface WatchScope {
  /** Empty means all. */
  readonly namespaces: readonly string[];
  /** Where namespaces are named: whether cluster-scoped kinds belong to it too. */
  readonly clusterResources: boolean;
}

export const wholeCluster: WatchScope = { namespaces: [], clusterResources: true };

const isLimited = ({ namespaces }: WatchScope): boolean => namespaces.length > 0;

/** The namespaces to watch a kind in, `''` standing for the whole cluster; none where the kind is out of scope. */
export function placesOf({ namespaced }: ApiResource, scope: WatchScope): readonly string[] {
  if (!isLimited(scope)) return [''];
  if (namespaced) return [...new Set(scope.namespaces)];
  return scope.clusterResources ? [''] : [];
}

/** Throws `invalid`, naming the object, for one that the control plane was not given. */
export function assertInScope(ref: ResourceRef, resource: ApiResource, scope: WatchScope): void {
  if (!isLimited(scope)) return;
  if (!resource.namespaced && !scope.clusterResources) {
    throw new TiphysError(
      'invalid',
      `Failed to load live state: cluster level ${ref.kind} "${ref.name}" can not be managed when in namespaced mode`,
    );
  }
  if (resource.namespaced && !scope.namespaces.includes(ref.namespace)) {
    throw new TiphysError(
      'invalid',
      `Failed to load live state: namespace "${ref.namespace}" for ${ref.kind} "${ref.name}" is not managed`,
    );
  }
}
