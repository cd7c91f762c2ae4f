import type { ResourceResult } from '@tiphys/model';
import {
  isPending,
  nextStep,
  NO_MORE_TASKS,
  outcomeOfWave,
  waitingFor,
  type RunStep,
  type SyncStep,
  type SyncTask,
} from '@tiphys/sync-plan';
import { failpoint } from '@tiphys/runtime/failpoints';
import { invalidTasks, rehearse } from './check-tasks.ts';
import { createHook, intend } from './hooks/create.ts';
import { observe } from './hooks/observe.ts';
import { cleanUp, replace } from './hooks/policy.ts';
import { homelessTasks } from './refusals.ts';
import { runTask } from './run-task.ts';
import { factsIn, record, type TaskRun } from './task-run.ts';

export type RunOutcome =
  | { readonly type: 'finished'; readonly phase: 'Succeeded' | 'Failed'; readonly message: string }
  /** `afterMs`: when to look again at the latest, where that is known. */
  | { readonly type: 'wait'; readonly message: string; readonly afterMs?: number };

/** Follows the plan as far as it goes now: to its end, or to something that has to be waited for. */
export async function runTasks(run: TaskRun): Promise<RunOutcome> {
  const isFresh = run.tasks.every(({ id }) => !run.results.has(id));
  const objection = invalidTasks(run) ?? (isFresh && !run.options.dryRun ? await rehearse(run) : undefined);
  if (objection !== undefined) return objection;
  const outcome = await followWaves(run);
  if (outcome.type === 'wait') return outcome;
  failpoint('sync-finished');
  // A dry run has nothing left to do after it: each of its tasks is complete at once.
  const isRehearsal = outcome.phase === 'Succeeded' && run.options.dryRun;
  return isRehearsal ? { ...outcome, message: NO_MORE_TASKS } : outcome;
}

async function followWaves(run: TaskRun): Promise<RunOutcome> {
  const factsOf = (task: SyncTask) => factsIn(run, task);
  for (;;) {
    await observe(run);
    const step = nextStep(run.tasks, factsOf, { isApproved: run.isApproved });
    if (step.type !== 'run') return ended(run, step);
    const { leftMs } = run.pause;
    if (leftMs > 0)
      return { type: 'wait', message: waitingFor(earlier(run, step), 'completion'), afterMs: leftMs };
    await cleanUp(run, step.cleanup);
    if (step.replaced.length > 0 && !run.options.dryRun) {
      await replace(run, step.replaced);
      if (step.replaced.every(({ id }) => run.results.get(id) === undefined))
        return { type: 'wait', message: waitingFor(step.replaced, 'deletion') };
      continue;
    }
    await runWave(run, step);
    const outcome = outcomeOfWave(run.tasks, step, factsOf);
    if (outcome !== undefined && outcome.type !== 'run') return ended(run, outcome);
    await run.persist();
    failpoint('wave-persisted');
    const restMs = outcome !== undefined || step.isFinal || run.options.dryRun ? 0 : run.pause.begin();
    if (restMs > 0) return { type: 'wait', message: waitingFor(step.tasks, 'completion'), afterMs: restMs };
  }
}

async function ended(run: TaskRun, step: Exclude<SyncStep, RunStep>): Promise<RunOutcome> {
  if (step.type === 'wait') return step;
  await cleanUp(run, step.cleanup);
  return { type: 'finished', phase: step.phase, message: step.message };
}

/** What was done last before a step: that is what a rest is after. */
function earlier({ tasks, results }: TaskRun, step: RunStep): readonly SyncTask[] {
  const before = tasks.slice(
    0,
    Math.max(
      0,
      tasks.findIndex(({ id }) => id === step.tasks[0]?.id),
    ),
  );
  const done = before.filter(({ id }) => !isPending(results.get(id)));
  const last = done.at(-1);
  return done.filter(({ phase, wave }) => phase === last?.phase && wave === last.wave);
}

async function runWave(run: TaskRun, step: RunStep): Promise<void> {
  failpoint('wave-begin');
  const doomed = run.options.dryRun ? [] : await homelessTasks(step.tasks, run.options.gateway);
  for (const [task, result] of doomed) record(run, task, result);
  // Nothing of the wave is done then, so that nothing is pruned for a move that cannot happen.
  if (doomed.length > 0) return;
  const intended = await intend(run, step.tasks);
  for (const group of step.groups) {
    const results = await runGroup(run, group, intended);
    // What takes the place of something pruned is not applied beside it.
    if (group[0]?.action.type === 'prune' && results.some(({ status }) => status === 'SyncFailed')) break;
  }
  failpoint('wave-end');
}

async function runGroup(
  run: TaskRun,
  group: readonly SyncTask[],
  intended: ReadonlySet<string>,
): Promise<readonly ResourceResult[]> {
  const isPrune = group[0]?.action.type !== 'apply';
  failpoint(isPrune ? 'prune-before' : 'apply-before');
  const ends = await Promise.allSettled(
    group.map((task) =>
      task.isHook ? createHook(run, task, intended.has(task.id)) : runTask(task, run.options),
    ),
  );
  failpoint(isPrune ? 'prune-after' : 'apply-after');
  const results = ends.map((one, index) => {
    const task = group[index];
    return task === undefined || one.status === 'rejected' ? undefined : record(run, task, one.value);
  });
  // What was done is on record; the rest follows when the cluster answers again.
  const interrupted = ends.find((one) => one.status === 'rejected');
  if (interrupted !== undefined) throw interrupted.reason;
  return results.filter((result) => result !== undefined);
}
