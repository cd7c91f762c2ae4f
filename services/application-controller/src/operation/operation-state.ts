import {
  hasMultipleSources,
  isCompleted,
  sourcesOf,
  type Application,
  type ApplicationSource,
  type OperationPhase,
  type OperationState,
  type ResourceResult,
  type SyncOperation,
  type SyncOperationResult,
} from '@tiphys/model';
import { isoSeconds, taskIdOf } from '@tiphys/sync-plan';

/** True where an operation was asked for or is under way. */
export function hasOperation(app: Application): boolean {
  const state = app.status?.operationState;
  return app.operation !== undefined || (state !== undefined && !isCompleted(state.phase));
}

/** The state of the operation to work on: the one under way, or a fresh one for what was asked for. */
export function currentState(app: Application, now: Date): OperationState | undefined {
  const state = app.status?.operationState;
  if (state !== undefined && !isCompleted(state.phase)) return state;
  if (app.operation === undefined) return undefined;
  return { operation: app.operation, phase: 'Running', startedAt: isoSeconds(now) };
}

/** Sources and revisions that an operation renders. An empty revision means the newest of the source's target. */
export interface OperationSources {
  readonly sources: readonly ApplicationSource[];
  readonly revisions: readonly string[];
  readonly isMultiple: boolean;
}

/** What an operation syncs: what it names itself, else what the spec says; a resumed one stays at its revisions. */
export function sourcesOfOperation(
  app: Application,
  sync: SyncOperation,
  result: SyncOperationResult | undefined,
): OperationSources {
  const named = {
    ...(sync.source === undefined ? {} : { source: sync.source }),
    ...(sync.sources === undefined ? {} : { sources: sync.sources }),
  };
  const spec = sourcesOf(named).length > 0 ? named : app.spec;
  const isMultiple = hasMultipleSources(spec);
  const asked = isMultiple ? (sync.revisions ?? []) : [sync.revision ?? ''];
  const pinned = result === undefined ? [] : isMultiple ? (result.revisions ?? []) : [result.revision];
  const sources = sourcesOf(spec);
  return {
    sources,
    isMultiple,
    revisions: sources.map((_source, index) => pinned[index] ?? asked[index] ?? ''),
  };
}

/** True where every revision is a commit or a digest; a branch, a tag or a range may mean something else each time. */
export const isPinned = ({ revisions }: OperationSources): boolean => revisions.every(isFixed);

const isFixed = (revision: string): boolean => /^(?:sha256:)?[0-9a-f]{40,64}$/u.test(revision);

/**
 * What an operation renders: a commit or a digest is rendered as what its source targets, such as a signed tag; any other
 * revision takes the place of the target.
 */
export function pinSources({
  sources,
  revisions,
}: OperationSources): Pick<OperationSources, 'sources' | 'revisions'> {
  const fixed = sources.map((_source, index) => {
    const revision = revisions[index] ?? '';
    return isFixed(revision) ? revision : '';
  });
  const targets = sources.map((source, index) => {
    const revision = revisions[index] ?? '';
    return revision === '' || fixed[index] !== '' ? source : { ...source, targetRevision: revision };
  });
  return { sources: targets, revisions: fixed };
}

/** The result of a sync as the status holds it. */
export function syncResultOf(
  from: OperationSources,
  revisions: readonly string[],
  resources: readonly ResourceResult[],
): SyncOperationResult {
  const list = resources.length === 0 ? {} : { resources };
  if (from.isMultiple)
    return { ...list, revision: '', source: { repoURL: '' }, revisions, sources: from.sources };
  const [source] = from.sources;
  return { ...list, revision: revisions[0] ?? '', ...(source === undefined ? {} : { source }) };
}

/** Results that an earlier run of the operation left, by task; `read` makes of each what its task is known by. */
export const knownResults = (
  state: OperationState,
  read: (result: ResourceResult) => ResourceResult = (result) => result,
): Map<string, ResourceResult> =>
  new Map((state.syncResult?.resources ?? []).map(read).map((result) => [taskIdOf(result), result]));

/** The end of an operation; says how often it was retried. */
export function endState(
  state: OperationState,
  phase: OperationPhase,
  at: { readonly message: string; readonly now: Date },
): OperationState {
  const retries = state.retryCount ?? 0;
  const message =
    retries > 0 && phase !== 'Succeeded' ? `${at.message} (retried ${retries} times).` : at.message;
  return { ...state, phase, message, finishedAt: isoSeconds(at.now) };
}
