import { hasCode, type KubeObject, type ResourceResult, type ResourceRef } from '@tiphys/model';
import type { DeleteOptions } from '@tiphys/ports';
import { propagationOfPrune, type SyncTask } from '@tiphys/sync-plan';
import { imagesOf } from '../live/live-object.ts';
import { applyObject, type ApplyOptions } from './apply/apply-object.ts';
import { explained } from './apply/limits.ts';
import { isPassing } from './passing-trouble.ts';
import type { WriteGateway } from './write-gateway.ts';

export interface TaskOptions extends ApplyOptions {
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
      case 'apply':
        return {
          ...headOf(task),
          status: 'Synced',
          message: await applyObject(
            { ref: task.ref, target: task.action.target, live: task.action.live },
            options,
          ),
          hookPhase: options.dryRun ? 'Succeeded' : 'Running',
        };
    }
  } catch (error) {
    if (options.isPatient === true && isPassing(error)) throw error;
    return {
      ...headOf(task),
      status: 'SyncFailed',
      message: explained(error, task.action.type === 'apply' ? task.action.target : undefined),
      hookPhase: 'Failed',
    };
  }
}

/** The part of a result that every outcome has. */
export const headOf = ({ ref, version, action, phase, isHook }: SyncTask): ResourceResult => ({
  group: ref.group,
  version,
  kind: ref.kind,
  namespace: ref.namespace,
  name: ref.name,
  syncPhase: phase,
  ...(isHook ? { hookType: phase } : {}),
  ...imagesIn(action),
});

function imagesIn(action: SyncTask['action']): Pick<ResourceResult, 'images'> {
  const images = action.type === 'apply' ? imagesOf(action.target) : [];
  return images.length === 0 ? {} : { images };
}

async function prune(
  live: KubeObject,
  ref: ResourceRef,
  {
    gateway,
    dryRun,
    syncOptions,
  }: Pick<TaskOptions, 'dryRun' | 'syncOptions'> & {
    readonly gateway: WriteGateway;
  },
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
  const asked = propagationOfPrune(syncOptions);
  return asked === 'Foreground' && childless.has(live.kind) ? 'Background' : asked;
}
