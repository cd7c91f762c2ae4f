import { keyOf, type ResourceResult } from '@tiphys/model';
import { isIntended, type SyncTask } from '@tiphys/sync-plan';
import type { ClusterView } from '../live/cluster-view.ts';

/**
 * What became of prunes that were noted before a crash and that the plan no longer holds: what is gone was pruned, and
 * what is there is none of this sync's business any more.
 */
export function settlePrunes(
  results: Map<string, ResourceResult>,
  tasks: readonly SyncTask[],
  view: Pick<ClusterView, 'get'>,
): void {
  const planned = new Set(tasks.map(({ id }) => id));
  for (const [id, result] of results) {
    if (!isIntended(result) || result.hookType !== undefined || planned.has(id)) continue;
    if (view.get(keyOf(result)) === undefined)
      results.set(id, { ...result, status: 'Pruned', message: 'pruned', hookPhase: 'Succeeded' });
    else results.delete(id);
  }
}
