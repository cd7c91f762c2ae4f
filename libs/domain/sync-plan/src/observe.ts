import type { HealthStatus, OperationPhase, ResourceResult } from '@tiphys/model';
import type { SyncTask } from './task.ts';

/** What is known of a task and its object now. */
export interface TaskFacts {
  readonly result?: ResourceResult;
  /** Undefined for kinds without a health rule: they count as healthy. */
  readonly health?: HealthStatus;
  /** The object is in the cluster. */
  readonly isLive: boolean;
  /** The object is going away. */
  readonly isTerminating: boolean;
}

export const HOOK_LOST = 'hook was deleted before it was complete';

/** True for the mark that is recorded before a hook is created, so that it is created once whatever happens. */
export const isIntended = (result: ResourceResult | undefined): boolean =>
  result !== undefined && result.status === undefined && result.hookPhase === 'Running';

/** True where a task was not done yet. */
export const isPending = (result: ResourceResult | undefined): boolean =>
  result === undefined || isIntended(result);

/** True where a task was done and what it made is not complete. */
export const isRunning = (result: ResourceResult | undefined): boolean =>
  result?.hookPhase === 'Running' && !isIntended(result);

export const isComplete = (result: ResourceResult | undefined): boolean =>
  !isPending(result) && !isRunning(result);

/** True where a task is complete and did not end well. */
export const isUnsuccessful = (result: ResourceResult | undefined): boolean =>
  result?.status === 'SyncFailed' || result?.hookPhase === 'Failed' || result?.hookPhase === 'Error';

/** The result of a running task as its object looks now: the same one where nothing came of it yet. */
export function observedResult(
  task: Pick<SyncTask, 'isHook' | 'ref'>,
  facts: TaskFacts,
): ResourceResult | undefined {
  const { result } = facts;
  if (result === undefined || !isRunning(result)) return result;
  const seen = task.isHook ? hookOutcome(task.ref.name, facts) : objectOutcome(facts);
  if (seen === undefined) return result;
  const message = seen.message === undefined || seen.message === '' ? result.message : seen.message;
  return { ...result, hookPhase: seen.phase, ...(message === undefined ? {} : { message }) };
}

interface Outcome {
  readonly phase: OperationPhase;
  readonly message?: string | undefined;
}

function hookOutcome(name: string, { health, isLive, isTerminating }: TaskFacts): Outcome {
  const lost: Outcome = { phase: 'Failed', message: HOOK_LOST };
  if (!isLive) return lost;
  switch (health?.status) {
    case undefined:
      return { phase: 'Succeeded', message: `${name} created` };
    case 'Healthy':
      return { phase: 'Succeeded', message: health?.message };
    case 'Degraded':
    case 'Unknown':
      return { phase: 'Failed', message: health?.message };
    case 'Progressing':
    case 'Suspended':
    case 'Missing':
      return isTerminating ? lost : { phase: 'Running', message: health?.message };
  }
}

function objectOutcome({ health, isLive }: TaskFacts): Outcome | undefined {
  if (!isLive) return undefined;
  if (health === undefined || health.status === 'Healthy') return { phase: 'Succeeded' };
  return health.status === 'Degraded' ? { phase: 'Failed' } : undefined;
}
