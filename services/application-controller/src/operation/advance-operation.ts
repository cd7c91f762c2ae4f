import {
  isJsonObject,
  keyOf,
  messageOf,
  TiphysError,
  type JsonObject,
  type OperationState,
  type ResourceKey,
  type ResourceResult,
  type SyncOperation,
} from '@tiphys/model';
import type { Clock, RepoServer } from '@tiphys/ports';
import {
  dueIn,
  mayRetry,
  planSync,
  scheduleRetry,
  type DurationParser,
  type SyncTask,
} from '@tiphys/sync-plan';
import { compareApplication } from '../compare/compare.ts';
import { loadDesired, type AppContext, type Desired } from '../compare/desired.ts';
import type { AppMemory } from '../reconcile/app-memory.ts';
import type { RenderSettings } from '../render/render-sources.ts';
import {
  endState,
  isPinned,
  knownResults,
  pinSources,
  sourcesOfOperation,
  syncResultOf,
  type OperationSources,
} from './operation-state.ts';
import { isPassing, isPatient } from './passing-trouble.ts';
import { runTasks, type RunOutcome } from './run-tasks.ts';
import { WriteGateway } from './write-gateway.ts';

export interface OperationDeps {
  readonly repoServer: RepoServer;
  readonly renderSettings: RenderSettings;
  readonly clock: Clock;
  readonly parseDuration: DurationParser;
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
  tools: { memory: AppMemory; deps: OperationDeps },
): Promise<Advance> {
  const { deps } = tools;
  const now = () => new Date(deps.clock.now());
  if (state.phase === 'Terminating') {
    return {
      type: 'ended',
      state: endState(state, 'Failed', { message: 'Operation terminated', now: now() }),
      revisions: [],
    };
  }
  const wait = dueIn(state, deps.clock.now(), deps.parseDuration);
  if (wait !== undefined && wait > 0) return { type: 'waiting', state, afterMs: wait };
  const attempt = wait === undefined ? state : restarted(state);
  const tried = await trySync(context, attempt, tools);
  if (tried.type === 'waiting' || tried.state.phase === 'Succeeded') return tried;
  if (!mayRetry(attempt.operation.retry, attempt.retryCount ?? 0)) return tried;
  const scheduled = scheduleRetry(
    { ...tried.state, phase: 'Running' },
    { message: tried.message, now: now(), parse: deps.parseDuration },
  );
  return {
    type: 'waiting',
    state: scheduled,
    afterMs: dueIn(scheduled, deps.clock.now(), deps.parseDuration) ?? RECHECK_MS,
  };
}

/** A retry begins without the marks of the try before. */
function restarted(state: OperationState): OperationState {
  const { finishedAt: _finished, syncResult: _result, ...rest } = state;
  return { ...rest, message: `Retrying operation. Attempt #${state.retryCount ?? 0}` };
}

type Tried =
  (Advance & { readonly type: 'waiting' }) | (Advance & { readonly type: 'ended'; readonly message: string });

async function trySync(
  context: AppContext,
  state: OperationState,
  { memory, deps }: { memory: AppMemory; deps: OperationDeps },
): Promise<Tried> {
  const sync = state.operation.sync ?? {};
  const from = sourcesOfOperation(context.app, sync, state.syncResult);
  const end = (
    phase: 'Succeeded' | 'Failed' | 'Error',
    message: string,
    ended: OperationState,
    revisions: readonly string[],
  ): Tried => ({
    type: 'ended',
    message,
    revisions,
    state: endState(ended, phase, { message, now: new Date(deps.clock.now()) }),
  });
  try {
    const desired = await desiredOf(context, { sync, from, memory, deps });
    const run = await followPlan(context, { state, sync, from, desired, memory, deps });
    const { revisions } = desired.rendered;
    if (run.outcome.type === 'wait') {
      return { type: 'waiting', state: { ...run.state, message: run.outcome.message }, afterMs: RECHECK_MS };
    }
    return end(run.outcome.phase, run.outcome.message, run.state, revisions);
  } catch (error) {
    if (isPatient(state, deps.clock.now()) && isPassing(error)) {
      const message = `waiting for the cluster: ${messageOf(error)}`;
      return { type: 'waiting', state: { ...state, message }, afterMs: RECHECK_MS };
    }
    const known = { ...state, syncResult: syncResultOf(from, from.revisions, []) };
    return end('Error', `ComparisonError: ${messageOf(error)}`, known, from.revisions);
  }
}

interface Ordered {
  readonly sync: SyncOperation;
  readonly from: OperationSources;
  readonly memory: AppMemory;
  readonly deps: OperationDeps;
}

function desiredOf(context: AppContext, { sync, from, memory, deps }: Ordered): Promise<Desired> {
  const manifests = (sync.manifests ?? []).map(parseManifest);
  return loadDesired(deps.repoServer, {
    context,
    settings: deps.renderSettings,
    before: memory.desired,
    order: {
      sources: pinSources(from),
      refreshRevision: !isPinned(from),
      noCache: false,
      ...(manifests.length === 0 ? {} : { manifests }),
    },
  });
}

function parseManifest(text: string): JsonObject {
  const parsed: unknown = JSON.parse(text);
  if (!isJsonObject(parsed)) throw new TiphysError('invalid', 'a manifest of the operation is not an object');
  return parsed;
}

interface Following extends Ordered {
  readonly state: OperationState;
  readonly desired: Desired;
}

async function followPlan(context: AppContext, following: Following) {
  const { sync, from, desired, deps } = following;
  const { view, project, destination } = context;
  const gateway = new WriteGateway(view, project, destination);
  await createNamespace(context, sync, gateway);
  const patient = isPatient(following.state, deps.clock.now());
  const tasks = await planOf(context, following);
  const results = knownResults(following.state);
  const stateNow = (): OperationState => ({
    ...following.state,
    syncResult: syncResultOf(from, desired.rendered.revisions, resultsInOrder(tasks, results)),
  });
  // A restart must go on at the revision that this run resolved.
  if (!isPinned(from) && following.state.syncResult === undefined) await deps.persist(stateNow());
  const outcome = await runTasks({
    tasks,
    results,
    healthOf: (key) => view.get(key)?.health?.status,
    exists: (key) => view.get(key) !== undefined,
    options: {
      gateway,
      dryRun: sync.dryRun === true,
      syncOptions: sync.syncOptions ?? [],
      isPatient: patient,
    },
    onWave: () => deps.persist(stateNow()),
  }).catch((error: unknown): RunOutcome => {
    if (!patient || !isPassing(error)) throw error;
    return { type: 'wait', message: `waiting for the cluster: ${messageOf(error)}` };
  });
  return { outcome, state: stateNow() };
}

async function planOf(
  context: AppContext,
  { sync, desired, memory }: Following,
): Promise<readonly SyncTask[]> {
  const comparison = await compareApplication({
    ...context,
    prepared: desired.prepared,
    diffs: memory.diffs,
  });
  return planSync(
    comparison.objects.map(({ pair }) => pair),
    { prune: sync.prune === true, resources: sync.resources ?? [] },
  );
}

const resultsInOrder = (tasks: readonly SyncTask[], results: ReadonlyMap<ResourceKey, ResourceResult>) =>
  tasks.map((task) => results.get(task.key)).filter((result) => result !== undefined);

async function createNamespace(
  { app, view, destination }: AppContext,
  sync: SyncOperation,
  gateway: WriteGateway,
): Promise<void> {
  const { namespace } = destination;
  if (namespace === '' || sync.dryRun === true || sync.syncOptions?.includes('CreateNamespace=true') !== true)
    return;
  if (view.get(keyOf({ group: '', kind: 'Namespace', namespace: '', name: namespace })) !== undefined) return;
  await gateway.createNamespace(namespace, app.spec.syncPolicy?.managedNamespaceMetadata);
}
