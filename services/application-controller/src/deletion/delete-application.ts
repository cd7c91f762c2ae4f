import {
  describeRef,
  finalizers,
  GROUP,
  hasCode,
  messageOf,
  type Application,
  type KubeObject,
} from '@tiphys/model';
import { failpoint } from '@tiphys/runtime/failpoints';
import { deletionOf, isHook, waveOf } from '@tiphys/sync-plan';
import type { AppContext } from '../compare/desired.ts';
import type { LiveObject } from '../live/live-object.ts';
import { isApprovedSince } from '../operation/confirmation.ts';
import { isHeld, releaseHook } from '../operation/hooks/release.ts';
import { propagationOf } from '../operation/run-task.ts';
import { WriteGateway } from '../operation/write-gateway.ts';
import { DELETE_STAGES, isOfType, stageFinalizers } from './hook-finalizers.ts';

export type Deletion =
  /** Nothing of it is left in the cluster, or nothing was to be deleted. */
  | { readonly type: 'finished' }
  | { readonly type: 'waiting'; readonly blockers: readonly string[] }
  /** A person has to approve of it first; nothing is deleted before. */
  | { readonly type: 'unconfirmed'; readonly objects: readonly string[] }
  | { readonly type: 'failed'; readonly message: string };

export const cascading: readonly string[] = [
  finalizers.resources,
  finalizers.resourcesForeground,
  finalizers.resourcesBackground,
];

/** Every finalizer with which the control plane holds an Application. */
export const ownFinalizers: readonly string[] = [
  ...cascading,
  ...DELETE_STAGES.flatMap((stage) => Object.values(stageFinalizers[stage])),
];

/** True where its deletion is anything of ours. */
export const isHeldBack = (app: Application): boolean =>
  (app.metadata.finalizers ?? []).some((name) => ownFinalizers.includes(name));

/** The finalizers that are left once these are done. */
export const withoutFinalizers = (app: Application, done: readonly string[]): readonly string[] =>
  (app.metadata.finalizers ?? []).filter((name) => !done.includes(name));

/**
 * One round of a cascading deletion: the objects of the highest wave that is left are deleted; a round in which
 * something is still going away only waits. Hooks that ran before are among them. Kept are CRDs, objects that say so,
 * what others own, PostDelete hooks, the Application itself, and what its project does not let it touch.
 */
export async function deleteManaged(context: AppContext): Promise<Deletion> {
  const { app, view, project, destination, instance } = context;
  const hidden = hiddenKinds(context);
  if (hidden.length > 0)
    return { type: 'failed', message: `cannot tell what is left to delete: ${hidden.join('; ')}` };
  const gateway = new WriteGateway(view, project, destination);
  const left = view.managed(instance).flatMap((live) => {
    const { object } = live;
    return object !== undefined && isDeleted(live, object, { context, gateway }) ? [{ live, object }] : [];
  });
  if (left.length === 0) return { type: 'finished' };
  const unconfirmed = left.filter(({ object }) => deletionOf(object, optionsOf(app)) === 'confirmed');
  if (unconfirmed.length > 0 && !isApprovedSince(app, app.metadata.deletionTimestamp ?? ''))
    return { type: 'unconfirmed', objects: unconfirmed.map(({ live }) => describeRef(live.ref)) };
  return deleteRound(left, { app, gateway });
}

interface Left {
  readonly live: LiveObject;
  readonly object: KubeObject;
}

async function deleteRound(
  left: readonly Left[],
  { app, gateway }: { readonly app: Application; readonly gateway: WriteGateway },
): Promise<Deletion> {
  const leaving = left.filter(({ live }) => live.isTerminating);
  const wave = Math.max(...left.map(({ object }) => waveOf(object)));
  const now = leaving.length > 0 ? leaving : left.filter(({ object }) => waveOf(object) === wave);
  failpoint('deletion-wave-before');
  const ends = await Promise.allSettled(now.map((one) => remove(one, app, gateway)));
  failpoint('deletion-wave-after');
  const failures = ends.filter((end) => end.status === 'rejected').map(({ reason }) => messageOf(reason));
  if (failures.length > 0) return { type: 'failed', message: [...new Set(failures)].join('; ') };
  return { type: 'waiting', blockers: (leaving.length > 0 ? leaving : left).map(blockerText) };
}

async function remove({ live, object }: Left, app: Application, gateway: WriteGateway): Promise<void> {
  try {
    if (!live.isTerminating)
      await gateway.delete(object, live.ref, { propagation: propagationOf(object, policyOptions(app)) });
    if (isHeld(object)) await releaseHook(gateway, live.ref, await gateway.get(object, live.ref));
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
  }
}

/** An object that waits for somebody else says for whom. */
function blockerText({ live, object }: Left): string {
  const held = object.metadata.finalizers ?? [];
  return `${describeRef(live.ref)}${held.length === 0 ? '' : ` (finalizers ${held.join(', ')})`}`;
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

const optionsOf = (app: Application): readonly string[] => app.spec.syncPolicy?.syncOptions ?? [];

const policyOptions = (app: Application): readonly string[] =>
  app.metadata.finalizers?.includes(finalizers.resourcesBackground) === true
    ? ['PrunePropagationPolicy=background']
    : [];

function isDeleted(
  live: LiveObject,
  object: KubeObject,
  { context, gateway }: { readonly context: AppContext; readonly gateway: WriteGateway },
): boolean {
  if (live.owners.length > 0 || live.ref.kind === 'CustomResourceDefinition') return false;
  if (isHook(object) && isOfType(object, 'PostDelete')) return false;
  if (deletionOf(object, optionsOf(context.app)) === 'refused') return false;
  return !isSelf(live, context) && isPermitted(live, object, gateway);
}

const isSelf = ({ ref }: LiveObject, { app: { metadata } }: AppContext): boolean =>
  ref.group === GROUP &&
  ref.kind === 'Application' &&
  ref.name === metadata.name &&
  ref.namespace === metadata.namespace;

/** A kind that the cluster no longer serves has no objects that could be left. */
function isPermitted({ ref }: LiveObject, object: KubeObject, gateway: WriteGateway): boolean {
  try {
    return gateway.refusalOf(ref, gateway.resourceOf(object)) === undefined;
  } catch (error) {
    if (hasCode(error, 'not-found')) return false;
    throw error;
  }
}
