import type { ResourceResult, ResourceRef } from '@tiphys/model';
import { objectOfTask, type SyncTask } from './task.ts';

/** What a sync says of itself (wire/sync-semantics.md, sections 4.4 to 4.7). Scripts match these texts. */
export const ALL_TASKS_RUN = 'successfully synced (all tasks run)';
export const NO_MORE_TASKS = 'successfully synced (no more tasks)';
export const APPLY_FAILED = 'one or more objects failed to apply';
export const DRY_RUN_FAILED = 'one or more objects failed to apply (dry run)';
export const TASKS_FAILED = 'one or more synchronization tasks completed unsuccessfully';
export const TASKS_INVALID = 'one or more synchronization tasks are not valid';
export const SYNC_FAIL_HOOKS_FAILED = 'one or more SyncFail hooks failed';
export const TASKS_RUNNING = 'one or more tasks are running';
export const TERMINATED = 'Operation terminated';
export const TERMINATED_BADLY = 'Operation termination had errors';
export const TIMED_OUT = 'operation is terminating due to timeout';
export const BY_TIMEOUT = ', triggered by controller sync timeout';

export const withReasons = (what: string, results: readonly ResourceResult[]): string =>
  results.length === 0 ? what : `${what}, reason: ${results.map(({ message }) => message ?? '').join(',')}`;

const shortName = (ref: ResourceRef): string => `${ref.group}/${ref.kind}/${ref.name}`;

/** Which of these tasks are waited for; a hook among them is named first. */
export function waitingFor(tasks: readonly SyncTask[], what: 'completion' | 'deletion'): string {
  const hooks = tasks.filter(({ isHook }) => isHook);
  const first = hooks[0] ?? tasks[0];
  if (first === undefined) return TASKS_RUNNING;
  const awaited =
    what === 'deletion'
      ? `deletion of${first.isHook ? ' hook' : ''}`
      : first.isHook
        ? 'completion of hook'
        : 'healthy state of';
  const rest = tasks.length - 1;
  const more = rest === 0 ? '' : ` and ${rest} more ${hooks.length === tasks.length ? 'hooks' : 'resources'}`;
  return `waiting for ${awaited} ${shortName(first.ref)}${more}`;
}

/** Which prunes wait for a person to approve of them. */
export function waitingForApproval(tasks: readonly SyncTask[]): string {
  const [first, ...rest] = tasks.map(
    (task) => `${objectOfTask(task).apiVersion}/${task.ref.kind}/${task.ref.name}`,
  );
  return `waiting for pruning confirmation of ${first ?? ''}${rest.length === 0 ? '' : ` and ${rest.length} more resources`}`;
}

/** What a sync that may touch no object of others says. */
export const sharedResourceFound = (warnings: readonly string[]): string =>
  `Shared resource found: ${warnings.join(', ')}`;
