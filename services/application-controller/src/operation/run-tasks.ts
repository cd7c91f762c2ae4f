import { messageOf, type HealthCode, type ResourceKey, type ResourceResult } from '@tiphys/model';
import { nextStep, outcomeOfWave, TASKS_INVALID, type SyncStep, type SyncTask } from '@tiphys/sync-plan';
import { headOf, runTask, type TaskOptions } from './run-task.ts';

export interface TaskRun {
  readonly tasks: readonly SyncTask[];
  /** Results so far, by key; grows as tasks end. */
  readonly results: Map<ResourceKey, ResourceResult>;
  readonly healthOf: (key: ResourceKey) => HealthCode | undefined;
  readonly exists: (key: ResourceKey) => boolean;
  readonly options: TaskOptions;
  /** Called after each wave that is not the last, so that a restart goes on from there. */
  readonly onWave: () => Promise<void>;
}

export type RunOutcome = Exclude<SyncStep, { readonly type: 'run' }>;

/** Follows the plan as far as it goes now: to its end, or to something that has to be waited for. */
export async function runTasks(run: TaskRun): Promise<RunOutcome> {
  const invalid = invalidTasks(run);
  if (invalid !== undefined) return invalid;
  for (;;) {
    const step = nextStep(run.tasks, (key) => ({
      ...withResult(run.results.get(key)),
      ...withHealth(run.healthOf(key)),
      terminating: run.exists(key),
    }));
    if (step.type !== 'run') return step;
    const results = await runGroups(step.groups, run);
    const outcome = outcomeOfWave(run.tasks, step.wave, results);
    if (outcome !== undefined && outcome.type !== 'run') return outcome;
    await run.onWave();
  }
}

const withResult = (result: ResourceResult | undefined) => (result === undefined ? {} : { result });
const withHealth = (health: HealthCode | undefined) => (health === undefined ? {} : { health });

async function runGroups(
  groups: readonly (readonly SyncTask[])[],
  run: TaskRun,
): Promise<readonly ResourceResult[]> {
  const all: ResourceResult[] = [];
  for (const group of groups) {
    const results = await Promise.all(group.map((task) => runTask(task, run.options)));
    group.forEach((task, index) => {
      const result = results[index];
      if (result !== undefined) run.results.set(task.key, result);
    });
    all.push(...results);
    // Later kinds may need what failed; they are left for the next try.
    if (results.some((result) => result.status === 'SyncFailed')) break;
  }
  return all;
}

/** Objects that the project forbids or the cluster does not know stop a sync before its first write. */
function invalidTasks({ tasks, results, options: { gateway } }: TaskRun): RunOutcome | undefined {
  const reasons: string[] = [];
  for (const task of tasks) {
    if (task.action.type === 'skip-prune') continue;
    const object = task.action.type === 'apply' ? task.action.target : task.action.live;
    const refusal = refusalOf(() => gateway.refusalOf(task.ref, gateway.resourceOf(object)));
    if (refusal === undefined) continue;
    reasons.push(refusal);
    results.set(task.key, { ...headOf(task), status: 'SyncFailed', message: refusal });
  }
  if (reasons.length === 0) return undefined;
  return {
    type: 'finished',
    phase: 'Failed',
    message: `${TASKS_INVALID}: ${[...new Set(reasons)].join(', ')}`,
  };
}

function refusalOf(judge: () => string | undefined): string | undefined {
  try {
    return judge();
  } catch (error) {
    return messageOf(error);
  }
}
