import {
  annotations,
  hasCode,
  isJsonObject,
  messageOf,
  TiphysError,
  type JsonObject,
  type OperationState,
  type ResourceResult,
  type SyncOperation,
  type SyncOperationResult,
} from '@tiphys/model';
import type { SyncTask } from '@tiphys/sync-plan';
import { failpoint } from '@tiphys/runtime/failpoints';
import { assertVerified, loadDesired, type AppContext, type Desired } from '../compare/desired.ts';
import type { AppMemory } from '../reconcile/app-memory.ts';
import { isApprovedSince } from './confirmation.ts';
import type { OperationDeps } from './advance-operation.ts';
import {
  isPinned,
  knownResults,
  pinSources,
  sourcesOfOperation,
  syncResultOf,
  type OperationSources,
} from './operation-state.ts';
import { isPassing, isPatient } from './passing-trouble.ts';
import { settlePrunes } from './settle-prunes.ts';
import { planOperation } from './plan-operation.ts';
import { makeNamespace } from './namespace-task.ts';
import { knownResult, shownResult } from './result-places.ts';
import { runTasks, type RunOutcome } from './run-tasks.ts';
import type { TaskRun } from './task-run.ts';
import { WavePause } from './wave-pause.ts';
import { WriteGateway } from './write-gateway.ts';

/** How a try to sync ended, or what it waits for. `state` holds all that was done. */
export type Tried =
  | { readonly type: 'waiting'; readonly state: OperationState; readonly afterMs: number | undefined }
  | {
      readonly type: 'ended';
      readonly phase: 'Succeeded' | 'Failed' | 'Error';
      readonly message: string;
      readonly state: OperationState;
      readonly revisions: readonly string[];
    };

export interface SyncTools {
  readonly memory: AppMemory;
  readonly deps: OperationDeps;
}

/** Takes a sync as far as it goes now. What goes wrong on the way is how it ended. */
export async function trySync(context: AppContext, state: OperationState, tools: SyncTools): Promise<Tried> {
  const { deps } = tools;
  const sync = state.operation.sync ?? {};
  const from = sourcesOfOperation(context.app, sync, state.syncResult);
  try {
    const desired = await desiredOf(context, { sync, from, ...tools });
    assertVerified(desired);
    failpoint('operation-rendered');
    const run = await followPlan(context, { state, sync, from, desired, ...tools });
    const { revisions } = desired.rendered;
    const { outcome } = run;
    if (outcome.type === 'wait') {
      return { type: 'waiting', state: { ...run.state, message: outcome.message }, afterMs: outcome.afterMs };
    }
    return { type: 'ended', phase: outcome.phase, message: outcome.message, state: run.state, revisions };
  } catch (error) {
    if (isPatient(state, deps.clock.now()) && isPassing(error)) {
      const message = `waiting for the cluster: ${messageOf(error)}`;
      return { type: 'waiting', state: { ...state, message }, afterMs: undefined };
    }
    return {
      type: 'ended',
      phase: 'Error',
      message: hasCode(error, 'permission-denied')
        ? messageOf(error)
        : `ComparisonError: ${messageOf(error)}`,
      state: { ...state, syncResult: syncResultOf(from, from.revisions, []) },
      revisions: from.revisions,
    };
  }
}

interface Ordered extends SyncTools {
  readonly sync: SyncOperation;
  readonly from: OperationSources;
}

function desiredOf(context: AppContext, { sync, from, memory, deps }: Ordered): Promise<Desired> {
  const manifests = (sync.manifests ?? []).map(parseManifest);
  return loadDesired(deps.repoServer, {
    context,
    settings: deps.renderSettings,
    before: memory.desired,
    order: {
      ...pinSources(from),
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
  const { sync, from, desired, deps, state } = following;
  const { view, project, destination } = context;
  const gateway = new WriteGateway(view, project, destination);
  gateway.assertRights();
  const results = knownResults(state, (result) => knownResult(result, context));
  const done = new Set(results.keys());
  const planned = await planOperation(context, { ...following, done });
  settlePrunes(results, planned.type === 'plan' ? planned.tasks : [], view);
  const resultOf = (tasks: readonly SyncTask[]): OperationState => ({
    ...state,
    syncResult: {
      ...syncResultOf(from, desired.rendered.revisions, resultsInOrder(tasks, results, context)),
      ...managedMetadataOf(context.app),
    },
  });
  if (planned.type === 'refused') {
    const outcome: RunOutcome = { type: 'finished', phase: 'Failed', message: planned.message };
    return { outcome, state: resultOf([]) };
  }
  const stateNow = (): OperationState => resultOf(planned.tasks);
  // A restart must go on at the revision that this run resolved.
  if (!isPinned(from) && state.syncResult === undefined) await deps.persist(stateNow());
  failpoint('revision-pinned');
  const patient = isPatient(state, deps.clock.now());
  const run: TaskRun = {
    tasks: planned.tasks,
    results,
    view,
    isApproved: isApprovedSince(context.app, state.startedAt),
    pause: pauseOf(following),
    options: {
      gateway,
      dryRun: sync.dryRun === true,
      syncOptions: sync.syncOptions ?? [],
      force: isForcedBy(sync),
      isPatient: patient,
      ...migrationOf(context.app),
    },
    persist: () => deps.persist(stateNow()),
  };
  const namespaceTrouble = await makeNamespace(context, sync, run);
  failpoint('namespace-created');
  if (namespaceTrouble !== undefined) return { outcome: namespaceTrouble, state: stateNow() };
  const outcome = await runTasks(run).catch((error: unknown): RunOutcome => {
    if (!patient || !isPassing(error)) throw error;
    return { type: 'wait', message: `waiting for the cluster: ${messageOf(error)}` };
  });
  return { outcome, state: stateNow() };
}

const isForcedBy = ({ syncStrategy }: SyncOperation): boolean =>
  syncStrategy?.apply?.force === true || syncStrategy?.hook?.force === true;

function pauseOf({ memory, deps }: SyncTools): WavePause {
  memory.pause ??= new WavePause(deps.settings.waveDelayMs, () => deps.clock.now());
  return memory.pause;
}

/** In the order of the plan; what the plan no longer holds, but was done, comes first. */
function resultsInOrder(
  tasks: readonly SyncTask[],
  results: ReadonlyMap<string, ResourceResult>,
  context: AppContext,
): readonly ResourceResult[] {
  const planned = new Set(tasks.map(({ id }) => id));
  const former = [...results].filter(([id]) => !planned.has(id)).map(([, result]) => result);
  const shown = tasks.flatMap((task) => {
    const result = results.get(task.id);
    return result === undefined ? [] : [shownResult(result, task, context)];
  });
  return [...former, ...shown];
}

const managedMetadataOf = ({
  spec,
}: AppContext['app']): Pick<SyncOperationResult, 'managedNamespaceMetadata'> => {
  const managedNamespaceMetadata = spec.syncPolicy?.managedNamespaceMetadata;
  return managedNamespaceMetadata === undefined ? {} : { managedNamespaceMetadata };
};

/** Who applied on the client before, where the Application says so for all its objects. */
function migrationOf(app: AppContext['app']): { readonly migrationManager?: string } {
  const migrationManager = app.metadata.annotations?.[annotations.migrationManager];
  return migrationManager === undefined ? {} : { migrationManager };
}
