import type { ResourceResult } from '@tiphys/model';
import type { SyncTask } from '@tiphys/sync-plan';
import type { AppContext } from '../compare/desired.ts';

type Place = Pick<AppContext, 'view' | 'destination'>;

/**
 * A result as the status shows it: an object without a namespace that a sync applied stands in that of the destination
 * (wire/sync-semantics.md, section 1; recorded). Hooks and the namespace that a sync makes do not.
 */
export function shownResult(result: ResourceResult, task: SyncTask, { destination }: Place): ResourceResult {
  const isMoved = task.action.type === 'apply' && !task.isHook && result.namespace === '';
  return isMoved ? { ...result, namespace: destination.namespace } : result;
}

/** A result of the status as its task is known by: cluster-scoped kinds have no namespace. */
export function knownResult(result: ResourceResult, { view }: Place): ResourceResult {
  if (result.namespace === '' || view.kinds.preferred(result)?.namespaced !== false) return result;
  return { ...result, namespace: '' };
}
