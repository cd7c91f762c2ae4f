import {
  describeRef,
  type HealthCode,
  type ResourceKey,
  type ResourceResult,
  type ResourceRef,
} from '@tiphys/model';
import type { SyncTask } from './plan.ts';

/** What is known of an object after its task ran. */
export interface TaskFacts {
  readonly result?: ResourceResult;
  /** Undefined for kinds without a health rule: they count as healthy. */
  readonly health?: HealthCode;
  /** A pruned object that still exists and is going away. */
  readonly terminating: boolean;
}

export type SyncStep =
  | { readonly type: 'run'; readonly wave: number; readonly groups: readonly (readonly SyncTask[])[] }
  | { readonly type: 'wait'; readonly message: string }
  | { readonly type: 'finished'; readonly phase: 'Succeeded' | 'Failed'; readonly message: string };

export const ALL_TASKS_RUN = 'successfully synced (all tasks run)';
export const NO_MORE_TASKS = 'successfully synced (no more tasks)';
export const APPLY_FAILED = 'one or more objects failed to apply';
export const TASKS_FAILED = 'one or more synchronization tasks completed unsuccessfully';
export const TASKS_INVALID = 'one or more synchronization tasks are not valid';

/**
 * The next step of a sync: a pure function of the plan and of what has happened so far, so that a restart goes on
 * where it was. A wave starts when all objects of earlier waves are applied and healthy; the last one is not awaited.
 */
export function nextStep(tasks: readonly SyncTask[], factsOf: (key: ResourceKey) => TaskFacts): SyncStep {
  const failed = tasks.filter((task) => factsOf(task.key).result?.status === 'SyncFailed');
  if (failed.length > 0)
    return finishedBad(
      failed.map((task) => factsOf(task.key).result?.message ?? ''),
      TASKS_FAILED,
    );
  const pending = tasks.filter((task) => factsOf(task.key).result === undefined);
  const wave = pending[0]?.wave;
  if (wave === undefined) return { type: 'finished', phase: 'Succeeded', message: NO_MORE_TASKS };
  const blocker = blockerOf(
    tasks.filter((task) => task.wave < wave),
    factsOf,
  );
  return blocker ?? { type: 'run', wave, groups: groupByKind(pending.filter((task) => task.wave === wave)) };
}

/** How a sync ends right after a wave ran, or undefined when a later wave is left. */
export function outcomeOfWave(
  tasks: readonly SyncTask[],
  wave: number,
  results: readonly ResourceResult[],
): SyncStep | undefined {
  const errors = results
    .filter((result) => result.status === 'SyncFailed')
    .map((result) => result.message ?? '');
  // Where something else was applied, its health is waited for first, and the sync ends with what came of all tasks.
  const isPartial = results.some((result) => result.status === 'Synced');
  if (errors.length > 0) return finishedBad(errors, isPartial ? TASKS_FAILED : APPLY_FAILED);
  if (tasks.some((task) => task.wave > wave)) return undefined;
  return { type: 'finished', phase: 'Succeeded', message: ALL_TASKS_RUN };
}

const finishedBad = (reasons: readonly string[], what: string): SyncStep => ({
  type: 'finished',
  phase: 'Failed',
  message: `${what}, reason: ${reasons.join(',')}`,
});

function blockerOf(
  earlier: readonly SyncTask[],
  factsOf: (key: ResourceKey) => TaskFacts,
): SyncStep | undefined {
  const applied = earlier.filter((task) => task.action.type === 'apply');
  const degraded = applied.filter((task) => factsOf(task.key).health === 'Degraded');
  if (degraded.length > 0) {
    return finishedBad(
      degraded.map((task) => `${describeRef(task.ref)} is Degraded`),
      TASKS_FAILED,
    );
  }
  const unhealthy = applied.filter((task) => (factsOf(task.key).health ?? 'Healthy') !== 'Healthy');
  if (unhealthy.length > 0)
    return { type: 'wait', message: `waiting for healthy state of ${firstAndMore(unhealthy)}` };
  const leaving = earlier.filter((task) => task.action.type === 'prune' && factsOf(task.key).terminating);
  if (leaving.length > 0)
    return { type: 'wait', message: `waiting for deletion of ${firstAndMore(leaving)}` };
  return undefined;
}

function firstAndMore(tasks: readonly SyncTask[]): string {
  const [first, ...rest] = tasks.map((task) => shortName(task.ref));
  return rest.length === 0 ? (first ?? '') : `${first ?? ''} and ${rest.length} more resources`;
}

const shortName = (ref: ResourceRef): string => `${ref.group}/${ref.kind}/${ref.name}`;

function groupByKind(tasks: readonly SyncTask[]): readonly (readonly SyncTask[])[] {
  const groups: SyncTask[][] = [];
  for (const task of tasks) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && sameKind(last[0], task)) last.push(task);
    else groups.push([task]);
  }
  return groups;
}

const sameKind = (a: SyncTask, b: SyncTask): boolean =>
  a.ref.kind === b.ref.kind &&
  a.ref.group === b.ref.group &&
  (a.action.type === 'apply') === (b.action.type === 'apply');
