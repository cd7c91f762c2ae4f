import type { HealthCode, ResourceKey, ResourceResult } from '@tiphys/model';
import {
  nextStep,
  NO_MORE_TASKS,
  outcomeOfWave,
  TASKS_INVALID,
  type SyncStep,
  type SyncTask,
} from '@tiphys/sync-plan';
import { homelessTasks, refusalOf } from './refusals.ts';
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
  const outcome = await followWaves(run);
  const isSuccess = outcome.type === 'finished' && outcome.phase === 'Succeeded';
  if (!isSuccess) completeHealthy(run);
  // A dry run has nothing left to do after it: each of its tasks is complete at once.
  return isSuccess && run.options.dryRun ? { ...outcome, message: NO_MORE_TASKS } : outcome;
}

/** Objects that were applied and are healthy are complete. The last wave of a good sync is not awaited. */
function completeHealthy({ results, healthOf }: TaskRun): void {
  for (const [key, result] of results) {
    const isHealthy = (healthOf(key) ?? 'Healthy') === 'Healthy';
    if (result.hookPhase === 'Running' && isHealthy) results.set(key, { ...result, hookPhase: 'Succeeded' });
  }
}

async function followWaves(run: TaskRun): Promise<RunOutcome> {
  const invalid = invalidTasks(run);
  if (invalid !== undefined) return invalid;
  for (;;) {
    const step = nextStep(run.tasks, (key) => ({
      ...withResult(run.results.get(key)),
      ...withHealth(run.healthOf(key)),
      terminating: run.exists(key),
    }));
    if (step.type !== 'run') return step;
    completeHealthy(run);
    const doomed = await doomedResults(step.groups, run);
    const results = doomed.length > 0 ? doomed : await runGroups(step.groups, run);
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
    const ended = await Promise.allSettled(group.map((task) => runTask(task, run.options)));
    const results = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    ended.forEach((one, index) => {
      const task = group[index];
      if (task !== undefined && one.status === 'fulfilled') run.results.set(task.key, one.value);
    });
    // What was done is on record; the rest follows when the cluster answers again.
    const interrupted = ended.find((one) => one.status === 'rejected');
    if (interrupted !== undefined) throw interrupted.reason;
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
    const refusal = refusalOf(task, gateway);
    if (refusal === undefined) continue;
    reasons.push(refusal.reason);
    results.set(task.key, { ...headOf(task), status: 'SyncFailed', message: refusal.message });
  }
  if (reasons.length === 0) return undefined;
  return {
    type: 'finished',
    phase: 'Failed',
    message: `${TASKS_INVALID}: ${[...new Set(reasons)].join(', ')}`,
  };
}

/** What of a wave is bound to fail; nothing of the wave is done then. */
async function doomedResults(
  groups: readonly (readonly SyncTask[])[],
  { results, options }: TaskRun,
): Promise<readonly ResourceResult[]> {
  if (options.dryRun) return [];
  const doomed = await homelessTasks(groups.flat(), options.gateway);
  for (const [task, result] of doomed) results.set(task.key, result);
  return doomed.map(([, result]) => result);
}
