import { annotations, finalizers, messageOf, type Application, type KubeObject } from '@tiphys/model';
import { hasSyncOption, waveOf } from '@tiphys/sync-plan';
import type { AppContext } from '../compare/desired.ts';
import type { LiveObject } from '../live/live-object.ts';
import { propagationOf } from '../operation/run-task.ts';
import { WriteGateway } from '../operation/write-gateway.ts';

export type Deletion =
  /** Nothing of it is left in the cluster, or nothing was to be deleted. */
  | { readonly type: 'finished'; readonly finalizers: readonly string[] }
  | { readonly type: 'waiting'; readonly blockers: readonly string[] }
  | { readonly type: 'failed'; readonly message: string };

const cascading: readonly string[] = [
  finalizers.resources,
  finalizers.resourcesForeground,
  finalizers.resourcesBackground,
];

/** True where deleting the Application also deletes what it manages. */
export const cascades = (app: Application): boolean =>
  (app.metadata.finalizers ?? []).some((name) => cascading.includes(name));

/** The finalizers that are left once ours are done. */
export const otherFinalizers = (app: Application): readonly string[] =>
  (app.metadata.finalizers ?? []).filter((name) => !cascading.includes(name));

/**
 * One round of a cascading deletion: the objects of the highest wave that is left are deleted; a round in which
 * something is still going away only waits. Kept are CRDs, objects that say so, and what others own.
 */
export async function deleteManaged(context: AppContext): Promise<Deletion> {
  const { app, view, project, destination, instance } = context;
  const hidden = hiddenKinds(context);
  if (hidden.length > 0)
    return { type: 'failed', message: `cannot tell what is left to delete: ${hidden.join('; ')}` };
  const left = view.managed(instance).filter(isDeleted);
  if (left.length === 0) return { type: 'finished', finalizers: otherFinalizers(app) };
  const leaving = left.filter((object) => object.isTerminating);
  if (leaving.length > 0) return { type: 'waiting', blockers: leaving.map(describe) };
  const wave = Math.max(...left.map((object) => waveOf(objectOf(object))));
  const gateway = new WriteGateway(view, project, destination);
  const options = policyOptions(app);
  const results = await Promise.allSettled(
    left
      .filter((object) => waveOf(objectOf(object)) === wave)
      .map((object) =>
        gateway.delete(objectOf(object), object.ref, {
          propagation: propagationOf(objectOf(object), options),
        }),
      ),
  );
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => messageOf(reason));
  const real = failures.filter((message) => !message.includes('not found'));
  if (real.length > 0) return { type: 'failed', message: real.join('; ') };
  return { type: 'waiting', blockers: left.map(describe) };
}

/** Kinds that the Application manages and that the view cannot see: something of them may be left. */
const hiddenKinds = ({ app, view }: AppContext): readonly string[] => {
  const reasons = (app.status?.resources ?? []).map(({ group = '', kind }) => {
    const resource = view.kinds.preferred({ group, kind });
    const failure = resource === undefined ? undefined : view.failureOf(resource);
    return failure === undefined ? undefined : `${kind}: ${failure}`;
  });
  return [...new Set(reasons.filter((reason) => reason !== undefined))];
};

const policyOptions = (app: Application): readonly string[] =>
  app.metadata.finalizers?.includes(finalizers.resourcesBackground) === true
    ? ['PrunePropagationPolicy=background']
    : [];

const describe = ({ ref }: LiveObject): string =>
  `${ref.kind} ${ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`;

const objectOf = (object: LiveObject): KubeObject =>
  object.object ?? { apiVersion: object.version, kind: object.ref.kind, metadata: {} };

function isDeleted(live: LiveObject): boolean {
  const { object } = live;
  if (object === undefined || live.owners.length > 0) return false;
  if (live.ref.kind === 'CustomResourceDefinition') return false;
  if (hasSyncOption(object, 'Delete=false')) return false;
  return object.metadata.annotations?.[annotations.helmResourcePolicy] !== 'keep';
}
