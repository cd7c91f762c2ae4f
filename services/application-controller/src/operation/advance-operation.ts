import type { OperationState } from '@tiphys/model';
import type { Clock, RepoServer } from '@tiphys/ports';
import {
  dueIn,
  mayRetry,
  restartRetry,
  scheduleRetry,
  TIMED_OUT,
  type DurationParser,
} from '@tiphys/sync-plan';
import type { AppContext } from '../compare/desired.ts';
import type { RenderSettings } from '../render/render-sources.ts';
import { endState } from './operation-state.ts';
import { terminate } from './terminate.ts';
import { trySync, type SyncTools } from './try-sync.ts';

export interface OperationSettings {
  /** Milliseconds of rest after a wave that is not the last. */
  readonly waveDelayMs: number;
  /** Milliseconds after which an operation is terminated; 0 means never. */
  readonly syncTimeoutMs: number;
}

export interface OperationDeps {
  readonly repoServer: RepoServer;
  readonly renderSettings: RenderSettings;
  readonly clock: Clock;
  readonly parseDuration: DurationParser;
  readonly settings: OperationSettings;
  /** Writes the state while the operation goes on. */
  readonly persist: (state: OperationState) => Promise<void>;
}

export type Advance =
  | { readonly type: 'ended'; readonly state: OperationState; readonly revisions: readonly string[] }
  | { readonly type: 'waiting'; readonly state: OperationState; readonly afterMs: number };

/** How long a waiting operation may go without a look; news of its objects comes earlier. */
const RECHECK_MS = 5_000;

/** Takes an operation as far as it goes now. All its state is in `state`, so that it may be called again at any time. */
export async function advanceOperation(
  context: AppContext,
  state: OperationState,
  tools: SyncTools,
): Promise<Advance> {
  const { deps } = tools;
  if (state.phase === 'Terminating') return stop(context, state, deps);
  if (isOverdue(state, deps)) {
    const terminating: OperationState = { ...state, phase: 'Terminating', message: TIMED_OUT };
    await deps.persist(terminating);
    return stop(context, terminating, deps);
  }
  const wait = dueIn(state, deps.clock.now(), deps.parseDuration);
  if (wait !== undefined && wait > 0) return { type: 'waiting', state, afterMs: wait };
  return attempt(context, wait === undefined ? state : restartRetry(state), tools);
}

const isOverdue = ({ startedAt }: OperationState, { clock, settings }: OperationDeps): boolean =>
  settings.syncTimeoutMs > 0 && clock.now() - Date.parse(startedAt) >= settings.syncTimeoutMs;

async function stop(context: AppContext, state: OperationState, deps: OperationDeps): Promise<Advance> {
  const { phase, message, results } = await terminate(context, state);
  const { syncResult } = state;
  const known: OperationState =
    syncResult === undefined || results.length === 0
      ? state
      : { ...state, syncResult: { ...syncResult, resources: results } };
  return {
    type: 'ended',
    state: endState(known, phase, { message, now: new Date(deps.clock.now()) }),
    revisions: [],
  };
}

async function attempt(context: AppContext, state: OperationState, tools: SyncTools): Promise<Advance> {
  const { clock, parseDuration } = tools.deps;
  const tried = await trySync(context, state, tools);
  if (tried.type === 'waiting') return { ...tried, afterMs: tried.afterMs ?? RECHECK_MS };
  const now = new Date(clock.now());
  const { phase, message, revisions } = tried;
  if (phase === 'Succeeded' || !mayRetry(state.operation.retry, state.retryCount ?? 0))
    return { type: 'ended', state: endState(tried.state, phase, { message, now }), revisions };
  const scheduled = scheduleRetry(
    { ...tried.state, phase: 'Running' },
    { message, now, parse: parseDuration },
  );
  return {
    type: 'waiting',
    state: scheduled,
    afterMs: dueIn(scheduled, clock.now(), parseDuration) ?? RECHECK_MS,
  };
}
