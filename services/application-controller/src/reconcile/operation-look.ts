import type { Application, ApplicationStatus, OperationState } from '@tiphys/model';
import { failpoint } from '@tiphys/runtime/failpoints';
import { appendHistory, endedText, supersede, supersededBy } from '@tiphys/sync-plan';
import type { AppComparer } from '../compare/app-comparer.ts';
import type { AppContext } from '../compare/desired.ts';
import { advanceOperation, type Advance } from '../operation/advance-operation.ts';
import { currentState } from '../operation/operation-state.ts';
import type { AppMemory } from './app-memory.ts';
import { refreshDone, takeRefresh } from './due-refresh.ts';
import { freshLook, type FreshLook } from './fresh-look.ts';
import { operationGate } from './gates.ts';
import { nextLookMs, sooner } from './look-timing.ts';
import type { Outcome } from './outcome.ts';
import { OperationRecord } from './operation-record.ts';
import { nowIn, type ReconcilerDeps } from './reconciler-deps.ts';
import { levels } from './refresh.ts';

const idle: Outcome = { type: 'done', afterMs: undefined };

/** Takes the operation of an Application on, and shows what it has done so far. */
export class OperationLook {
  readonly #deps: ReconcilerDeps;
  readonly #comparer: AppComparer;

  constructor(deps: ReconcilerDeps, comparer: AppComparer) {
    this.#deps = deps;
    this.#comparer = comparer;
  }

  async operate(context: AppContext, memory: AppMemory): Promise<Outcome> {
    const state = currentState(context.app, new Date(this.#deps.clock.now()));
    if (state === undefined) return idle;
    failpoint('operation-begin');
    const record = new OperationRecord(this.#deps.writer, context.app);
    // The operation is on record before its first effect, so that a restart takes it up again.
    await record.persist(state);
    if (record.app === undefined) return idle;
    const advance = await this.#advance({ ...context, app: record.app }, state, { memory, record });
    if (advance.type === 'ended')
      return record.app === undefined ? idle : this.#finish({ ...context, app: record.app }, advance, memory);
    return this.#wait(context, advance, { memory, record });
  }

  #advance(
    context: AppContext,
    state: OperationState,
    { memory, record }: Running,
  ): Promise<Advance | Gated> {
    const gate = operationGate(context, state, { memory, deps: this.#deps });
    if (gate !== undefined) {
      const { message, afterMs } = gate;
      return Promise.resolve({ type: 'gated', state: { ...state, message }, afterMs });
    }
    const persist = (next: OperationState): Promise<void> => record.persist(next);
    return advanceOperation(context, state, { memory, deps: { ...this.#deps, persist } });
  }

  /** An operation that goes on later, unless newer commits make it give way. */
  async #wait(
    context: AppContext,
    waiting: Gated | (Advance & { readonly type: 'waiting' }),
    running: Running,
  ): Promise<Outcome> {
    const { memory, record } = running;
    const look = await this.#showProgress(context, running);
    const { state } = waiting;
    failpoint('wait-recorded-before');
    await record.persist(state);
    if (record.app === undefined) return idle;
    if (state.phase !== 'Terminating' && record.isStopped)
      return this.operate({ ...context, app: record.app }, memory);
    const successor = look && this.#successorOf(record.app, state, look);
    if (successor !== undefined) {
      const ending = supersede(state, successor);
      await record.persist(ending);
      return record.app === undefined ? idle : this.operate({ ...context, app: record.app }, memory);
    }
    const reason = state.message ?? '';
    if (waiting.type === 'waiting') return { type: 'wait', reason, afterMs: waiting.afterMs };
    const next = nextLookMs(record.app.status ?? {}, record.app, { memory, deps: this.#deps });
    return { type: 'stalled', reason, afterMs: sooner(waiting.afterMs, next) };
  }

  #successorOf(app: Application, state: OperationState, look: FreshLook): string | undefined {
    const { supersede: isDefault } = this.#deps.settings;
    const { mayHaveChanged } = look;
    const sync = look.status.sync ?? { status: 'Unknown' };
    return supersededBy({ app, state, sync, isDefault, mayHaveChanged });
  }

  /** What an operation that goes on did to the cluster, seen against the spec; a refresh that is due is made. */
  async #showProgress(context: AppContext, { memory, record }: Running): Promise<FreshLook | undefined> {
    const { app } = record;
    if (app === undefined) return undefined;
    const due = takeRefresh(app, memory, this.#deps);
    if (due === undefined && memory.desired === undefined) return undefined;
    const refresh =
      due === undefined || due.level < levels.live ? { level: levels.live, isHard: false } : due;
    const { deps, comparer } = { deps: this.#deps, comparer: this.#comparer };
    const look = await freshLook({ ...context, app }, refresh, { memory, deps, comparer });
    const isAsked = refresh.level === levels.latest;
    await record.write({ status: look.status, ...(isAsked ? refreshDone : {}) });
    return look;
  }

  /** The end of an operation and the state that it left, written as one. */
  async #finish(
    context: AppContext,
    ended: { readonly state: OperationState; readonly revisions: readonly string[] },
    memory: AppMemory,
  ): Promise<Outcome> {
    const { deps } = { deps: this.#deps };
    const operationState: OperationState = { ...ended.state, message: endedText(ended.state) };
    const finished = withoutOperation(context.app, operationState);
    failpoint('history-appended');
    const isSameRevision = memory.desired?.rendered.revisions.join() === ended.revisions.join();
    const level = isSameRevision && memory.desired !== undefined ? levels.live : levels.latest;
    memory.take();
    const look = await this.#comparer.compare({ ...context, app: finished }, memory, {
      level,
      isHard: false,
    });
    // Clients wait until an Application was looked at after its operation ended.
    const written = { ...look.status, reconciledAt: nowIn(deps) };
    failpoint('finish-before');
    await deps.writer.write(context.app, { status: written, operation: null, ...refreshDone });
    failpoint('finish-after');
    deps.logger.info('operation ended', {
      app: context.instance,
      phase: operationState.phase,
      message: operationState.message,
      revisions: ended.revisions,
    });
    if (look.comparison?.code === 'OutOfSync') memory.ask(levels.live);
    const isAsked = memory.pending !== undefined;
    return { type: 'done', afterMs: isAsked ? 0 : nextLookMs(look.status, finished, { memory, deps }) };
  }
}

interface Gated {
  readonly type: 'gated';
  readonly state: OperationState;
  readonly afterMs: number | undefined;
}

interface Running {
  readonly memory: AppMemory;
  readonly record: OperationRecord;
}

function withoutOperation(app: Application, operationState: OperationState): Application {
  const { operation: _operation, ...rest } = app;
  const history = appendHistory(app, operationState);
  const status: ApplicationStatus = {
    ...app.status,
    operationState,
    ...(history.length === 0 && app.status?.history === undefined ? {} : { history }),
  };
  return { ...rest, kind: 'Application', status };
}
