import { DRY_RUN_FAILED, TASKS_INVALID } from '@tiphys/sync-plan';
import { failpoint } from '@tiphys/runtime/failpoints';
import { kindsInSync, refusalOf } from './refusals.ts';
import { headOf, runTask } from './run-task.ts';
import { record, type TaskRun } from './task-run.ts';

/** How a sync ends before its first write, and why. */
export interface Objection {
  readonly type: 'finished';
  readonly phase: 'Failed';
  readonly message: string;
}

/** Objects that the project forbids or the cluster does not know stop a sync before its first write. */
export function invalidTasks(run: TaskRun): Objection | undefined {
  const { gateway, syncOptions } = run.options;
  const tolerance = { syncOptions, kinds: kindsInSync(run.tasks) };
  const reasons: string[] = [];
  for (const task of run.tasks) {
    const refusal = refusalOf(task, gateway, tolerance);
    if (refusal === undefined) continue;
    reasons.push(refusal.reason);
    record(run, task, { ...headOf(task), status: 'SyncFailed', message: refusal.message });
  }
  if (reasons.length === 0) return undefined;
  return failed(`${TASKS_INVALID}: ${[...new Set(reasons)].join(', ')}`);
}

/**
 * Every task once on paper before the first change, so that what is bound to fail fails before anything was done. As
 * with kubectl's client dry run nobody is asked: what only the API server can tell comes up with the write itself.
 */
export async function rehearse(run: TaskRun): Promise<Objection | undefined> {
  failpoint('dry-run-begin');
  const options = { ...run.options, dryRun: true };
  let hasFailed = false;
  for (const task of run.tasks) {
    const result = await runTask(task, options);
    if (result.status !== 'SyncFailed') continue;
    hasFailed = true;
    record(run, task, result);
  }
  failpoint('dry-run-end');
  return hasFailed ? failed(DRY_RUN_FAILED) : undefined;
}

const failed = (message: string): Objection => ({ type: 'finished', phase: 'Failed', message });
