import {
  annotations,
  messageOf,
  type Application,
  type ApplicationStatus,
  type OperationState,
} from '@tiphys/model';
import type { ConditionDraft } from '@tiphys/conditions';
import { appendHistory, decideAutoSync } from '@tiphys/sync-plan';
import { AppComparer } from '../compare/app-comparer.ts';
import type { AppContext } from '../compare/desired.ts';
import { AppDeleter } from '../deletion/app-deleter.ts';
import { advanceOperation } from '../operation/advance-operation.ts';
import { isCauseGone, isWaitingForCure } from '../operation/second-chance.ts';
import { currentState, endState, hasOperation } from '../operation/operation-state.ts';
import { withConditions } from '../status/conditions.ts';
import type { AppMemory } from './app-memory.ts';
import type { Outcome } from './outcome.ts';
import { instanceOf, nowIn, type ReconcilerDeps } from './reconciler-deps.ts';
import { levels, reconciledAt, refreshOf } from './refresh.ts';
import { validateSpec } from './validate-spec.ts';

/** Milliseconds between two looks at what cannot be told by a watch. */
const RECHECK_MS = 10_000;
/** First wait after a look that failed; doubled each time, up to the poll interval. */
const FIRST_RETRY_MS = 5_000;

const idle: Outcome = { type: 'done', afterMs: undefined };
/** The refresh that was asked for is done with the same patch. */
const refreshDone = { annotations: { [annotations.refresh]: null } } as const;

/**
 * Looks at one Application and does what is due: deletion, the operation under way, comparison, automated sync. Every
 * look reads everything anew, and a look that is repeated does no harm. Status and operation leave in one patch, of
 * only what changed.
 */
export class AppReconciler {
  readonly #deps: ReconcilerDeps;
  readonly #comparer: AppComparer;
  readonly #deleter: AppDeleter;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
    this.#comparer = new AppComparer(deps);
    this.#deleter = new AppDeleter(deps);
  }

  async reconcile(app: Application, memory: AppMemory): Promise<Outcome> {
    try {
      if (app.metadata.deletionTimestamp !== undefined) return await this.#deleter.delete(app, memory);
      if (app.metadata.annotations?.[annotations.skipReconcile] === 'true') {
        return { type: 'stalled', reason: 'skip-reconcile', afterMs: undefined };
      }
      return await this.#look(app, memory);
    } catch (error) {
      return { type: 'retry', error };
    }
  }

  async #look(app: Application, memory: AppMemory): Promise<Outcome> {
    const { controlPlane, clusters } = this.#deps;
    const verdict = validateSpec(app, {
      projectOf: (name) => controlPlane.project(name),
      resolve: (destination) => clusters.resolve(destination),
    });
    if (verdict.type === 'invalid') return this.#refuse(app, verdict.messages);
    const { project, destination } = verdict;
    memory.server = destination.server;
    const { settings } = controlPlane;
    const base = {
      app,
      project,
      destination,
      instance: instanceOf(app, this.#deps),
      tracking: settings.tracking,
      filters: settings,
    };
    let view: AppContext['view'] | undefined;
    try {
      view = clusters.view(destination.config);
    } catch (error) {
      return this.#unreachable(app, destination.server, error);
    }
    if (view === undefined)
      return { type: 'wait', reason: `connecting ${destination.server}`, afterMs: RECHECK_MS };
    const context: AppContext = { ...base, view };
    return hasOperation(app) ? this.#operate(context, memory) : this.#compareAndSync(context, memory);
  }

  /** A spec that cannot work: nothing is rendered, compared or pruned until it changes. */
  async #refuse(app: Application, messages: readonly string[]): Promise<Outcome> {
    const drafts: ConditionDraft[] = messages.map((message) => ({ type: 'InvalidSpecError', message }));
    const status = this.#comparer.statusOf(app, { type: 'invalid' }, drafts);
    const reason = messages.join('; ');
    const now = new Date(this.#deps.clock.now());
    const state = currentState(app, now);
    if (state === undefined) await this.#deps.writer.write(app, { status, ...refreshDone });
    else {
      const operationState = endState(state, 'Error', { message: reason, now });
      await this.#deps.writer.write(app, {
        status: { ...status, operationState },
        operation: null,
        ...refreshDone,
      });
    }
    return { type: 'stalled', reason, afterMs: RECHECK_MS };
  }

  async #unreachable(app: Application, server: string, error: unknown): Promise<Outcome> {
    const drafts: ConditionDraft[] = [
      { type: 'ComparisonError', message: `Failed to load live state: ${messageOf(error)}` },
    ];
    const status = this.#comparer.statusOf(app, { type: 'unknown', health: { status: 'Unknown' } }, drafts);
    await this.#deps.writer.write(app, { status, ...refreshDone });
    return { type: 'wait', reason: `cluster ${server} does not answer`, afterMs: RECHECK_MS };
  }

  async #operate(context: AppContext, memory: AppMemory): Promise<Outcome> {
    const { writer, clock } = this.#deps;
    const state = currentState(context.app, new Date(clock.now()));
    if (state === undefined) return idle;
    let app: Application | undefined = context.app;
    const persist = async (next: OperationState): Promise<void> => {
      if (app !== undefined)
        app = await writer.write(app, { status: { ...app.status, operationState: next } });
    };
    // The operation is on record before its first effect, so that a restart takes it up again.
    await persist(state);
    if (app === undefined) return idle;
    const advance = await advanceOperation({ ...context, app }, state, {
      memory,
      deps: { ...this.#deps, persist },
    });
    if (advance.type === 'waiting') {
      if (app !== undefined) app = await this.#showProgress({ ...context, app }, memory);
      await persist(advance.state);
      return { type: 'wait', reason: advance.state.message ?? '', afterMs: advance.afterMs };
    }
    return app === undefined ? idle : this.#finish({ ...context, app }, advance, memory);
  }

  /** What an operation that goes on did to the cluster, seen against the spec. Nothing new is rendered for it. */
  async #showProgress(context: AppContext, memory: AppMemory): Promise<Application | undefined> {
    const { app } = context;
    if (memory.desired === undefined) return app;
    const { status } = await this.#comparer.compare(context, memory, { level: levels.live, isHard: false });
    return this.#deps.writer.write(app, { status });
  }

  /** The end of an operation and the state that it left, written as one. */
  async #finish(
    context: AppContext,
    ended: { state: OperationState; revisions: readonly string[] },
    memory: AppMemory,
  ): Promise<Outcome> {
    const { operation: _operation, ...withoutOperation } = context.app;
    const history = appendHistory(context.app, ended.state);
    const status: ApplicationStatus = {
      ...context.app.status,
      operationState: ended.state,
      ...(history.length === 0 && context.app.status?.history === undefined ? {} : { history }),
    };
    const finished: Application = { ...withoutOperation, kind: 'Application', status };
    const isSameRevision = memory.desired?.rendered.revisions.join() === ended.revisions.join();
    const level = isSameRevision && memory.desired !== undefined ? levels.live : levels.latest;
    memory.take();
    const look = await this.#comparer.compare({ ...context, app: finished }, memory, {
      level,
      isHard: false,
    });
    // Clients wait until an Application was looked at after its operation ended.
    const written = { ...look.status, reconciledAt: nowIn(this.#deps) };
    await this.#deps.writer.write(context.app, { status: written, operation: null, ...refreshDone });
    this.#deps.logger.info('operation ended', {
      app: context.instance,
      phase: ended.state.phase,
      message: ended.state.message,
      revisions: ended.revisions,
    });
    if (look.comparison?.code === 'OutOfSync') memory.ask(levels.live);
    return {
      type: 'done',
      afterMs: memory.pending === undefined ? this.#nextLookMs(look.status, finished, memory) : 0,
    };
  }

  async #compareAndSync(context: AppContext, memory: AppMemory): Promise<Outcome> {
    const { app } = context;
    const { clock, writer } = this.#deps;
    const pending = memory.take();
    const refresh = refreshOf({
      app,
      pending,
      hasDesired: memory.desired !== undefined,
      hasFailed: failuresOf(app, memory) > 0,
      now: clock.now(),
      resyncMs: this.#resyncMs(app, memory),
    });
    if (refresh === undefined)
      return { type: 'done', afterMs: this.#nextLookMs(app.status ?? {}, app, memory) };
    const look = await this.#comparer.compare(context, memory, refresh);
    const last = look.status.operationState;
    const decision = this.#decide(
      { ...app, status: look.status },
      await isCauseGone(context, look.comparison, last),
    );
    const isWaiting = decision.type === 'refuse' && isWaitingForCure(last);
    const drafts: readonly ConditionDraft[] =
      decision.type === 'refuse' ? [{ type: 'SyncError', message: decision.message }] : [];
    const status = withConditions(look.status, {
      drafts,
      types: new Set(['SyncError']),
      now: nowIn(this.#deps),
    });
    if (decision.type === 'start') {
      const operationState: OperationState = {
        operation: decision.operation,
        phase: 'Running',
        startedAt: nowIn(this.#deps),
      };
      const started = await writer.write(app, {
        status: { ...status, operationState },
        operation: decision.operation,
        ...refreshDone,
      });
      return started === undefined ? idle : this.#operate({ ...context, app: started }, memory);
    }
    // Once the wait is over the drift has to be found again.
    if (decision.type === 'wait' || isWaiting) memory.ask(levels.live);
    await writer.write(app, { status, ...refreshDone });
    if (isWaiting) return { type: 'wait', reason: last?.message ?? '', afterMs: RECHECK_MS };
    return {
      type: 'done',
      afterMs: decision.type === 'wait' ? decision.afterMs : this.#nextLookMs(status, app, memory),
    };
  }

  #decide(app: Application, causeGone: boolean) {
    const { clock, settings } = this.#deps;
    return decideAutoSync({
      app,
      sync: app.status?.sync ?? { status: 'Unknown' },
      resources: app.status?.resources ?? [],
      now: clock.now(),
      settings: settings.selfHeal,
      isCauseGone: causeGone,
    });
  }

  /**
   * The poll interval with this Application's own share of the jitter. After a look that failed the next one comes
   * sooner, so that an Application heals by itself soon after the cause is gone.
   */
  #resyncMs(app: Application, memory: AppMemory): number {
    const { resyncMs, jitterMs } = this.#deps.settings;
    const polling = resyncMs === 0 ? 0 : resyncMs + Math.floor(shareOf(app.metadata.uid ?? '') * jitterMs);
    const failures = failuresOf(app, memory);
    if (failures === 0) return polling;
    const retry = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10);
    return polling === 0 ? retry : Math.min(polling, retry);
  }

  #nextLookMs(status: ApplicationStatus, app: Application, memory: AppMemory): number | undefined {
    const resyncMs = this.#resyncMs(app, memory);
    return resyncMs === 0
      ? undefined
      : Math.max(1_000, reconciledAt({ status }) + resyncMs - this.#deps.clock.now());
  }
}

/** Looks in a row that failed; at least one where the status says so, as after a restart. */
const failuresOf = ({ status }: Application, { failures }: AppMemory): number =>
  failures === 0 && status?.conditions?.some(({ type }) => type === 'ComparisonError') === true
    ? 1
    : failures;

/** A stable number from 0 to 1 for a name (FNV-1a). */
function shareOf(name: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619);
  return (hash >>> 0) / 4_294_967_296;
}
