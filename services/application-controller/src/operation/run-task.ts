import { hasCode, messageOf, type KubeObject, type ResourceResult, type ResourceRef } from '@tiphys/model';
import type { DeleteOptions } from '@tiphys/ports';
import { clientSideApplyPatch, withLastApplied } from '@tiphys/merge';
import { hasSyncOption, isOptionOn, type SyncTask } from '@tiphys/sync-plan';
import { imagesOf } from '../live/live-object.ts';
import { isPassing } from './passing-trouble.ts';
import type { WriteGateway } from './write-gateway.ts';

export interface TaskOptions {
  readonly gateway: WriteGateway;
  readonly dryRun: boolean;
  readonly syncOptions: readonly string[];
  /** Leave an API server that is away the time to come back: reject instead of failing the object. Default false. */
  readonly isPatient?: boolean;
}

/** Does one task and says what came of it. What goes wrong is the result; only a patient one may reject. */
export async function runTask(task: SyncTask, options: TaskOptions): Promise<ResourceResult> {
  const suffix = options.dryRun ? ' (dry run)' : '';
  try {
    switch (task.action.type) {
      case 'skip-prune':
        return {
          ...headOf(task),
          status: 'PruneSkipped',
          message: task.action.message,
          hookPhase: 'Succeeded',
        };
      case 'prune':
        await prune(task.action.live, task.ref, options);
        return { ...headOf(task), status: 'Pruned', message: `pruned${suffix}`, hookPhase: 'Succeeded' };
      case 'apply': {
        const verb = await apply(task, task.action, options);
        return {
          ...headOf(task),
          status: 'Synced',
          message: `${resourceName(task.ref)} ${verb}${suffix}`,
          hookPhase: options.dryRun ? 'Succeeded' : 'Running',
        };
      }
    }
  } catch (error) {
    if (options.isPatient === true && isPassing(error)) throw error;
    return { ...headOf(task), status: 'SyncFailed', message: messageOf(error), hookPhase: 'Failed' };
  }
}

/** The part of a result that every outcome has. */
export const headOf = ({ ref, version, action }: SyncTask): ResourceResult => ({
  group: ref.group,
  version,
  kind: ref.kind,
  namespace: ref.namespace,
  name: ref.name,
  syncPhase: 'Sync',
  ...imagesIn(action),
});

function imagesIn(action: SyncTask['action']): Pick<ResourceResult, 'images'> {
  const images = action.type === 'apply' ? imagesOf(action.target) : [];
  return images.length === 0 ? {} : { images };
}

/** `deployment.apps/web`, as kubectl names what it applied. */
const resourceName = (ref: ResourceRef): string =>
  `${ref.kind.toLowerCase()}${ref.group === '' ? '' : `.${ref.group}`}/${ref.name}`;

type Verb = 'created' | 'configured' | 'unchanged' | 'serverside-applied';
type ApplyAction = Extract<SyncTask['action'], { readonly type: 'apply' }>;

async function apply(task: SyncTask, { target, live }: ApplyAction, options: TaskOptions): Promise<Verb> {
  if (isOptionOn('ServerSideApply', target, options.syncOptions))
    return applyOnServer(task.ref, target, options);
  if (live !== undefined) return applyOver(live, task.ref, { target, options });
  try {
    await options.gateway.create(withLastApplied(target), task.ref, writing(target, options));
    return 'created';
  } catch (error) {
    if (!hasCode(error, 'already-exists')) throw error;
    // The view was behind: somebody made it in between.
    return applyOver(await options.gateway.get(target, task.ref), task.ref, { target, options });
  }
}

interface Applying {
  readonly target: KubeObject;
  readonly options: TaskOptions;
}

async function applyOver(live: KubeObject, ref: ResourceRef, { target, options }: Applying): Promise<Verb> {
  const patch = clientSideApplyPatch(target, live);
  if (patch.isEmpty) return 'unchanged';
  const type = patch.contentType === 'application/strategic-merge-patch+json' ? 'strategic' : 'merge';
  try {
    const written = await options.gateway.patch(target, ref, {
      type,
      body: patch.body,
      ...writing(target, options),
    });
    return written.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'configured';
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    await options.gateway.create(withLastApplied(target), ref, writing(target, options));
    return 'created';
  }
}

async function applyOnServer(ref: ResourceRef, target: KubeObject, options: TaskOptions): Promise<Verb> {
  const body = target as unknown as Parameters<WriteGateway['patch']>[2]['body'];
  await options.gateway.patch(target, ref, { type: 'apply', body, ...writing(target, options) });
  return 'serverside-applied';
}

const writing = (target: KubeObject, options: TaskOptions) => ({
  dryRun: options.dryRun,
  validate: !options.syncOptions.includes('Validate=false') && !hasSyncOption(target, 'Validate=false'),
});

async function prune(
  live: KubeObject,
  ref: ResourceRef,
  { gateway, dryRun, syncOptions }: TaskOptions,
): Promise<void> {
  if (dryRun) return;
  try {
    await gateway.delete(live, ref, { propagation: propagationOf(live, syncOptions) });
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
  }
}

/** Kinds that nothing is owned by: deleting them in the background is the same and spares the garbage collector. */
const childless = new Set([
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'NetworkPolicy',
  'LimitRange',
  'ResourceQuota',
]);

/** How dependents go: as `PrunePropagationPolicy` says, foreground by default. */
export function propagationOf(
  live: KubeObject,
  syncOptions: readonly string[],
): NonNullable<DeleteOptions['propagation']> {
  const asked = syncOptions
    .find((option) => option.startsWith('PrunePropagationPolicy='))
    ?.split('=')[1]
    ?.toLowerCase();
  if (asked === 'background') return 'Background';
  if (asked === 'orphan') return 'Orphan';
  return childless.has(live.kind) ? 'Background' : 'Foreground';
}
