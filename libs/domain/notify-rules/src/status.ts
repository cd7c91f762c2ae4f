import { isCompleted, type Application } from '@tiphys/model';

/**
 * False right after an operation, until the Application was compared again: its sync status is older than the
 * operation, and a trigger would tell what is no longer so.
 */
export function isStatusCurrent(app: Application): boolean {
  const operation = app.status?.operationState;
  if (operation === undefined || !isCompleted(operation.phase)) return true;
  const finishedAt = Date.parse(operation.finishedAt ?? '');
  if (Number.isNaN(finishedAt)) return false;
  const seenAt = [app.status?.reconciledAt, app.status?.observedAt].map((text) => Date.parse(text ?? ''));
  return seenAt.some((time) => time >= finishedAt);
}
