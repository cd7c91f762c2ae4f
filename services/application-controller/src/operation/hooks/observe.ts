import { isComplete, observedResult, type SyncTask } from '@tiphys/sync-plan';
import { failpoint } from '@tiphys/runtime/failpoints';
import { factsIn, type TaskRun } from '../task-run.ts';
import { isHeld, releaseHook } from './release.ts';

/**
 * Takes in what came of tasks that were done: hooks and objects by their health. What a hook came to is on record
 * before it is let go, as it may be gone the moment after.
 */
export async function observe(run: TaskRun): Promise<void> {
  let isNews = false;
  for (const task of run.tasks) {
    const facts = factsIn(run, task);
    const seen = observedResult(task, facts);
    if (seen === undefined || seen === facts.result) continue;
    run.results.set(task.id, seen);
    isNews ||= task.isHook && isComplete(seen);
  }
  if (run.options.dryRun) return;
  failpoint('hook-observed');
  if (isNews) await run.persist();
  await Promise.all(run.tasks.filter((task) => isDone(run, task)).map((task) => release(run, task)));
}

const isDone = ({ results }: TaskRun, task: SyncTask): boolean =>
  task.isHook && isComplete(results.get(task.id));

async function release({ view, options }: TaskRun, task: SyncTask): Promise<void> {
  const live = view.get(task.key)?.object;
  if (live !== undefined && isHeld(live)) await releaseHook(options.gateway, task.ref, live);
}
