import type { OperationState } from '@tiphys/model';
import { planSync } from '@tiphys/sync-plan';
import type { Comparison } from '../compare/compare.ts';
import type { AppContext } from '../compare/desired.ts';
import { homelessTasks, kindsInSync, refusalOf, wasRefused } from './refusals.ts';
import { WriteGateway } from './write-gateway.ts';

/** True where the last sync never began, for a cause that may go away without a commit. */
export const isWaitingForCure = (last: OperationState | undefined): boolean =>
  last?.phase === 'Failed' && wasRefused(last.message ?? '');

/** True where that cause is gone: every object of the comparison is permitted, known and has a namespace to live in. */
export async function isCauseGone(
  context: AppContext,
  comparison: Comparison | undefined,
  last: OperationState | undefined,
): Promise<boolean> {
  if (comparison === undefined || !isWaitingForCure(last)) return false;
  const { view, project, destination } = context;
  const gateway = new WriteGateway(view, project, destination);
  const prune = last?.operation.sync?.prune === true;
  const tasks = planSync(
    comparison.objects.map(({ pair }) => pair),
    { prune },
  );
  const tolerance = { syncOptions: last?.operation.sync?.syncOptions ?? [], kinds: kindsInSync(tasks) };
  if (tasks.some((task) => refusalOf(task, gateway, tolerance) !== undefined)) return false;
  return (await homelessTasks(tasks, gateway)).length === 0;
}
