import type { ResourceResult } from '@tiphys/model';
import { hasDeletePolicy, isIntended, type SyncTask } from '@tiphys/sync-plan';
import { failpoint } from '@tiphys/runtime/failpoints';
import { resourceName } from '../apply/rbac.ts';
import { headOf, runTask } from '../run-task.ts';
import { factsIn, record, type TaskRun } from '../task-run.ts';

/**
 * Notes that hooks are about to be created and objects about to be pruned. From then on an object of such a name is the
 * new hook, so that a restart neither creates it twice nor takes it for one of a former sync, and an object that is gone
 * is one that this sync pruned. Returns what was noted by an earlier run.
 */
export async function intend(run: TaskRun, tasks: readonly SyncTask[]): Promise<ReadonlySet<string>> {
  const noted = tasks.filter(({ isHook, action }) => isHook || action.type === 'prune');
  const before = new Set(noted.filter(({ id }) => isIntended(run.results.get(id))).map(({ id }) => id));
  const fresh = noted.filter(({ id }) => !before.has(id));
  if (run.options.dryRun || fresh.length === 0) return before;
  for (const task of fresh) record(run, task, { ...headOf(task), hookPhase: 'Running' });
  await run.persist();
  failpoint('hook-intended');
  return before;
}

/** Creates a hook, or finds it created by a run that did not live to tell. */
export async function createHook(
  run: TaskRun,
  task: SyncTask,
  wasIntended: boolean,
): Promise<ResourceResult> {
  const isOurs = wasIntended && factsIn(run, task).isLive && hasDeletePolicy(task, 'BeforeHookCreation');
  if (isOurs) {
    const message = `${resourceName(task.ref)} created`;
    return { ...headOf(task), status: 'Synced', hookPhase: 'Running', message };
  }
  failpoint('hook-create-before');
  const result = await runTask(task, run.options);
  failpoint('hook-create-after');
  return result;
}
