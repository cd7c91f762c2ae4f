import { messageOf, type KubeObject } from '@tiphys/model';
import type { SyncTask } from '@tiphys/sync-plan';
import { failpoint } from '@tiphys/runtime/failpoints';
import { headOf } from '../run-task.ts';
import { record, type TaskRun } from '../task-run.ts';
import { removeHook } from './remove.ts';

/** Deletes hooks that are complete and whose policy asks for it at this end of the sync. */
export async function cleanUp(run: TaskRun, hooks: readonly SyncTask[]): Promise<void> {
  if (run.options.dryRun || hooks.length === 0) return;
  failpoint('hook-cleanup-before');
  await removeAll(run, hooks);
  failpoint('hook-cleanup-after');
}

/** Deletes what former syncs left under the names of hooks. A failure is the failure of the hook. */
export async function replace(run: TaskRun, hooks: readonly SyncTask[]): Promise<void> {
  failpoint('hook-replace-before');
  await Promise.all(
    hooks.map(async (task) => {
      await removeAll(run, [task]).catch((error: unknown) => {
        const message = `failed to delete resource: ${messageOf(error)}`;
        record(run, task, { ...headOf(task), hookPhase: 'Error', message });
      });
    }),
  );
  failpoint('hook-replace-after');
}

const removeAll = async (run: TaskRun, hooks: readonly SyncTask[]): Promise<void> => {
  const { gateway, syncOptions } = run.options;
  await Promise.all(
    hooks.map(async (task) => {
      const live = liveOf(run, task);
      if (live !== undefined) await removeHook(gateway, task.ref, { live, syncOptions });
    }),
  );
};

const liveOf = ({ view }: TaskRun, task: SyncTask): KubeObject | undefined =>
  view.get(task.key)?.object ?? (task.action.type === 'apply' ? task.action.live : undefined);
