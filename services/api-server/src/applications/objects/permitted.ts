import { TiphysError } from '@tiphys/model';
import type { Application, ResourceRef } from '@tiphys/model';
import { isDestinationPermitted, isResourcePermitted } from '@tiphys/project-policy';
import type { AppResource, Place } from '../resource-actions/app-resources.ts';

interface Scope {
  readonly namespaced: boolean;
}

/**
 * Asks the project anew whether an Application may have an object: that it shows in the tree is no proof.
 * @throws TiphysError `permission-denied`
 */
export function assertPermitted(found: AppResource, ref: ResourceRef, scope: Scope): void {
  const { place, app } = found;
  const isPermitted = place === undefined ? found.isOwn(ref) : mayHave(place, ref, scope);
  if (!isPermitted) throw refusal(app, ref);
}

/** True where a project lets its Applications have an object at their destination. */
export function mayHave({ project, destination }: Place, ref: ResourceRef, { namespaced }: Scope): boolean {
  const target = { ...destination, namespace: namespaced ? ref.namespace : destination.namespace };
  return isResourcePermitted(project.spec, { ...ref, namespaced }) && isDestinationPermitted(project, target);
}

const refusal = ({ metadata }: Application, { group, kind, name, namespace }: ResourceRef): TiphysError =>
  new TiphysError(
    'permission-denied',
    `application ${metadata.name ?? ''} is not permitted to manage ${group}/${kind}/${name} in ${namespace}`,
  );
