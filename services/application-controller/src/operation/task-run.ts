import type { ResourceResult } from '@tiphys/model';
import { isPruning, type SyncTask, type TaskFacts } from '@tiphys/sync-plan';
import type { ClusterView } from '../live/cluster-view.ts';
import type { TaskOptions } from './run-task.ts';
import type { WavePause } from './wave-pause.ts';

/** A plan under way: what it wants, what came of it so far, and the means to go on. */
export interface TaskRun {
  readonly tasks: readonly SyncTask[];
  /** Results so far, by task; grows as tasks end. */
  readonly results: Map<string, ResourceResult>;
  readonly view: Pick<ClusterView, 'get'>;
  readonly options: TaskOptions;
  /** Somebody approved of the prunes that need it. */
  readonly isApproved: boolean;
  readonly pause: WavePause;
  /** Puts the results on record, so that a restart goes on from there. */
  readonly persist: () => Promise<void>;
}

/** What is known of a task's object now. An object that no watch tells of is what it was when the plan was made. */
export function factsIn({ view, results }: Pick<TaskRun, 'view' | 'results'>, task: SyncTask): TaskFacts {
  const result = results.get(task.id);
  const known = view.get(task.key);
  const { live } = task.action.type === 'skip-prune' ? { live: undefined } : task.action;
  return {
    ...(result === undefined ? {} : { result }),
    ...(known?.health === undefined ? {} : { health: known.health }),
    isLive: known !== undefined || (live !== undefined && !isPruning(task) && !task.isHook),
    isTerminating: known?.isTerminating ?? false,
  };
}

/** Notes what came of a task. */
export function record(
  { results }: Pick<TaskRun, 'results'>,
  task: SyncTask,
  result: ResourceResult,
): ResourceResult {
  results.set(task.id, result);
  return result;
}
