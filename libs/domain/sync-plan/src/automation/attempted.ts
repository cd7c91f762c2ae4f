import { isCompleted, type ApplicationSource, type OperationState, type SyncStatus } from '@tiphys/model';

/** What an automated sync would sync now. */
export interface Target {
  readonly sync: SyncStatus;
  readonly sources: readonly ApplicationSource[];
  readonly isMultiple: boolean;
  /** False where the new commits touch nothing of the Application, so that another revision is no news. */
  readonly mayHaveChanged: boolean;
}

/** True where the last operation synced these very revisions and sources. */
export function alreadyAttempted(last: OperationState, target: Target): boolean {
  const result = last.syncResult;
  if (result === undefined) return isCompleted(last.phase) && last.operation.sync !== undefined;
  const { sync, sources, isMultiple, mayHaveChanged } = target;
  if (isMultiple) {
    const isRevision = !mayHaveChanged || same(result.revisions ?? [], sync.revisions ?? []);
    return isRevision && same(result.sources ?? [], sources);
  }
  const isRevision = !mayHaveChanged || result.revision === (sync.revision ?? '');
  return isRevision && same(result.source ?? {}, sources[0] ?? {});
}

/** Structural equality of parsed JSON whose keys may come in another order. */
const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
