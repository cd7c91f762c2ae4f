import type { AppProject, ResourceKey } from '@tiphys/model';
import { isResourcePermitted } from '@tiphys/project-policy';
import { countsAsOrphan } from '@tiphys/resource-tree';
import type { ClusterView } from './cluster-view.ts';
import type { LiveObject } from './live-object.ts';

export interface OrphanSearch {
  readonly view: ClusterView;
  readonly project: AppProject;
  /** The destination namespace; nothing is looked for without one. */
  readonly namespace: string;
  /** Instance name of the Application that asks. */
  readonly instance: string;
  /** Whether an Application of that instance name exists. */
  readonly isApplication: (instance: string) => boolean;
}

/**
 * What lives in the destination namespace and belongs to no Application, with everything below, where the project asks
 * for it. Kinds that the project does not permit are not looked at.
 */
export function orphansOf({
  view,
  project,
  namespace,
  instance,
  isApplication,
}: OrphanSearch): readonly LiveObject[] {
  const settings = project.spec.orphanedResources;
  if (settings === undefined || namespace === '') return [];
  const isOwned = (object: LiveObject): boolean =>
    object.instance !== undefined && (object.instance === instance || isApplication(object.instance));
  const found = new Map<ResourceKey, LiveObject>();
  const visit = (object: LiveObject): void => {
    if (found.has(object.key) || isOwned(object)) return;
    found.set(object.key, object);
    for (const child of view.childrenOf(object.uid)) visit(child);
  };
  for (const object of view.topLevelIn(namespace)) {
    const isPermitted = isResourcePermitted(project.spec, { ...object.ref, namespaced: true });
    if (isPermitted && countsAsOrphan(object.ref, settings)) visit(object);
  }
  return [...found.values()];
}
