import { isCompleted, type Application, type Operation, type OperationState } from '@tiphys/model';
import type { AppEvent } from '@tiphys/runtime/events';

/** What is worth telling of a write of ours: how sync and health changed, and syncs that began by themselves or ended. */
export function eventsBetween(before: Application, after: Application): readonly AppEvent[] {
  return [
    ...startOf(before, after),
    ...endOf(before.status?.operationState, after.status?.operationState),
    ...changeOf('sync', before.status?.sync?.status, after.status?.sync?.status),
    ...changeOf('health', before.status?.health?.status, after.status?.health?.status),
  ];
}

function changeOf(what: string, before = '', after = ''): readonly AppEvent[] {
  if (before === after || after === '') return [];
  return [
    { type: 'Normal', reason: 'ResourceUpdated', message: `Updated ${what} status: ${before} -> ${after}` },
  ];
}

function startOf(before: Application, { operation }: Application): readonly AppEvent[] {
  if (operation?.initiatedBy?.automated !== true || before.operation !== undefined) return [];
  const { sync } = operation;
  const revisions = sync?.revisions ?? [sync?.revision ?? ''];
  const message = `Initiated automated sync to '${revisions.join(', ')}'`;
  return [{ type: 'Normal', reason: 'OperationStarted', message }];
}

function endOf(before: OperationState | undefined, after: OperationState | undefined): readonly AppEvent[] {
  if (after === undefined || !isCompleted(after.phase)) return [];
  const isKnown = before !== undefined && isCompleted(before.phase) && before.startedAt === after.startedAt;
  if (isKnown) return [];
  const what = `${nameOf(after.operation)} to ${after.syncResult?.revision ?? ''}`;
  return [
    after.phase === 'Succeeded'
      ? { type: 'Normal', reason: 'OperationCompleted', message: `${what} succeeded` }
      : {
          type: 'Warning',
          reason: 'OperationCompleted',
          message: `${what} failed: ${after.message ?? ''}`,
        },
  ];
}

const nameOf = ({ sync }: Operation): string =>
  (sync?.resources?.length ?? 0) > 0 ? 'Partial sync operation' : 'Sync operation';
