import { hasCode, messageOf, type OperationState } from '@tiphys/model';

/** So long after its start an operation forgives an API server that does not answer. */
const PATIENCE_MS = 180_000;

/**
 * True for a failure that says nothing about the request: no connection, no answer in time, too many requests, or it was
 * not sent. A
 * webhook that cannot be called is answered like this too, but is the matter of whoever configured it.
 */
export const isPassing = (error: unknown): boolean =>
  (hasCode(error, 'unavailable') ||
    hasCode(error, 'deadline') ||
    hasCode(error, 'resource-exhausted') ||
    hasCode(error, 'canceled')) &&
  !/webhook|exceeded quota/u.test(messageOf(error));

/** Whether an operation still waits out such failures. */
export const isPatient = ({ startedAt }: OperationState, now: number): boolean =>
  now - Date.parse(startedAt) < PATIENCE_MS;
