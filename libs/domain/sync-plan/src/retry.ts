import type { Operation, OperationState, RetryStrategy } from '@tiphys/model';

const DEFAULT_BASE_MS = 5_000;
const DEFAULT_MAX_MS = 180_000;
const DEFAULT_FACTOR = 2;

/** Reads a duration of a retry policy: Go form or bare seconds. Given by the caller, so that one parser serves all. */
export type DurationParser = (text: string) => number | undefined;

/** Milliseconds to wait before retry number `count` + 1; `maxDuration` 0 means no cap (wire/sync-semantics.md, section 5). */
export function retryWait(policy: RetryStrategy | undefined, count: number, parse: DurationParser): number {
  const backoff = policy?.backoff;
  const base = (backoff?.duration === undefined ? undefined : parse(backoff.duration)) ?? DEFAULT_BASE_MS;
  const cap = (backoff?.maxDuration === undefined ? undefined : parse(backoff.maxDuration)) ?? DEFAULT_MAX_MS;
  const wait = base * (backoff?.factor ?? DEFAULT_FACTOR) ** count;
  return cap === 0 ? wait : Math.min(wait, cap);
}

/** True where one more try is left; a negative limit never ends. */
export const mayRetry = (policy: RetryStrategy | undefined, count: number): boolean => {
  const limit = policy?.limit ?? 0;
  return limit < 0 || count < limit;
};

/** Milliseconds until a failed operation is tried again; 0 when it is due; undefined when none is scheduled. */
export function dueIn(state: OperationState, now: number, parse: DurationParser): number | undefined {
  if (state.phase !== 'Running' || state.finishedAt === undefined) return undefined;
  const dueAt = Date.parse(state.finishedAt) + retryWait(state.operation.retry, state.retryCount ?? 0, parse);
  return Math.max(0, dueAt - now);
}

/** The state of an operation whose try failed and that will be tried again. */
export function scheduleRetry(
  state: OperationState,
  at: { readonly message: string; readonly now: Date; readonly parse: DurationParser },
): OperationState {
  const count = state.retryCount ?? 0;
  const announced = new Date(at.now.getTime() + retryWait(state.operation.retry, count, at.parse));
  return {
    ...state,
    phase: 'Running',
    finishedAt: isoSeconds(at.now),
    retryCount: count + 1,
    message: `${at.message}. Retrying attempt #${count + 1} at ${clockTime(announced)}.`,
  };
}

/**
 * The state with which a scheduled try begins: without the marks of the try before, and where the policy asks for the
 * latest revisions without those that the operation named.
 */
export function restartRetry(state: OperationState): OperationState {
  const { finishedAt: _finished, syncResult: _result, ...rest } = state;
  const isFresh = state.operation.retry?.refresh === true;
  return {
    ...rest,
    ...(isFresh ? { operation: withoutRevisions(state.operation) } : {}),
    message: `Retrying operation${isFresh ? ' with latest revisions' : ''}. Attempt #${state.retryCount ?? 0}`,
  };
}

function withoutRevisions(operation: Operation): Operation {
  if (operation.sync === undefined) return operation;
  const { revision: _revision, revisions: _revisions, ...sync } = operation.sync;
  return { ...operation, sync };
}

/** RFC 3339 in whole seconds, the form of all times in our custom resources. */
export const isoSeconds = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/u, 'Z');

const clockTime = (date: Date): string => {
  const hours = date.getUTCHours();
  const minutes = String(date.getUTCMinutes()).padStart(2, '0');
  return `${hours % 12 === 0 ? 12 : hours % 12}:${minutes}${hours < 12 ? 'AM' : 'PM'}`;
};
