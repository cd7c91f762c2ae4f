import {
  hasMultipleSources,
  type Application,
  type OperationState,
  type RevisionHistory,
} from '@tiphys/model';

const DEFAULT_LIMIT = 10;

/** True where a finished operation goes into the history: succeeded, not a dry run, not of selected objects. */
export const isRecorded = (state: OperationState): boolean =>
  state.phase === 'Succeeded' &&
  state.operation.sync !== undefined &&
  state.operation.sync.dryRun !== true &&
  (state.operation.sync.resources ?? []).length === 0;

/** The history with one more entry, cut to `spec.revisionHistoryLimit` (default 10; 0 keeps none). */
export function appendHistory(app: Application, state: OperationState): readonly RevisionHistory[] {
  const history = app.status?.history ?? [];
  const result = state.syncResult;
  if (result === undefined || !isRecorded(state)) return history;
  const limit = app.spec.revisionHistoryLimit ?? DEFAULT_LIMIT;
  const multiple = hasMultipleSources({ sources: result.sources ?? [] });
  const entry: RevisionHistory = {
    id: (history.at(-1)?.id ?? -1) + 1,
    deployedAt: state.finishedAt ?? state.startedAt,
    deployStartedAt: state.startedAt,
    revision: multiple ? '' : result.revision,
    ...(multiple
      ? { source: { repoURL: '' }, sources: result.sources ?? [], revisions: result.revisions ?? [] }
      : {}),
    ...(!multiple && result.source !== undefined ? { source: result.source } : {}),
    ...(state.operation.initiatedBy === undefined ? {} : { initiatedBy: state.operation.initiatedBy }),
  };
  return limit === 0 ? [] : [...history, entry].slice(-limit);
}
