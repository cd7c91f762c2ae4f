import {
  isAutomated,
  operationInfo,
  ownAnnotations,
  type Application,
  type ApplicationStatus,
  type ConditionType,
  type Operation,
  type OperationState,
} from '@tiphys/model';
import type { ConditionDraft } from '@tiphys/conditions';
import { decideAutoSync, successorOf, withInfo, type AutomationDecision } from '@tiphys/sync-plan';
import type { AppComparer } from '../compare/app-comparer.ts';
import type { AppContext } from '../compare/desired.ts';
import { isCauseGone, isWaitingForCure } from '../operation/second-chance.ts';
import { withConditions } from '../status/conditions.ts';
import type { AppMemory } from './app-memory.ts';
import { refreshDone, takeRefresh } from './due-refresh.ts';
import { freshLook, type FreshLook } from './fresh-look.ts';
import { cycleOf, dependencyText, followerOf, untilChange, windowVerdict } from './gates.ts';
import { holdEnd } from './held-target.ts';
import { describeHeld, heldFor, heldOf, type Held } from './held.ts';
import { noteIntent } from './intent.ts';
import { nextLookMs, sooner } from './look-timing.ts';
import type { OperationLook } from './operation-look.ts';
import type { Outcome } from './outcome.ts';
import { nowIn, type ReconcilerDeps } from './reconciler-deps.ts';
import { levels, type Refresh } from './refresh.ts';

/** Milliseconds between two looks at what cannot be told by a watch. */
const RECHECK_MS = 10_000;
const syncErrors: ReadonlySet<ConditionType> = new Set(['SyncError']);

/** What follows from a comparison: nothing, a sync, a wait, or a refusal that the status tells. */
interface Plan {
  readonly decision: AutomationDecision;
  /** Undefined leaves the conditions as they are. */
  readonly drafts: readonly ConditionDraft[] | undefined;
  /** Milliseconds until it has to be decided anew, drift or not; undefined where something else tells. */
  readonly afterMs?: number | undefined;
}

const nothing: AutomationDecision = { type: 'nothing' };

/** Compares an Application that has no operation, and starts one where it is automated. */
export class ComparisonLook {
  readonly #deps: ReconcilerDeps;
  readonly #comparer: AppComparer;
  readonly #operations: OperationLook;

  constructor(deps: ReconcilerDeps, comparer: AppComparer, operations: OperationLook) {
    this.#deps = deps;
    this.#comparer = comparer;
    this.#operations = operations;
  }

  async compare(context: AppContext, memory: AppMemory): Promise<Outcome> {
    const { app } = context;
    const { deps } = { deps: this.#deps };
    const { held, mistake } = heldOf(app);
    noteIntent(app, memory);
    const refresh = takeRefresh(app, memory, deps);
    if (await this.#isReleased(context, { held, refresh })) return this.#release(app, memory);
    const untilRelease = heldFor(held, deps.clock.now());
    if (refresh === undefined) {
      const afterMs = sooner(untilRelease, nextLookMs(app.status ?? {}, app, { memory, deps }));
      return { type: 'done', afterMs };
    }
    const look = await freshLook(context, refresh, { memory, deps, comparer: this.#comparer });
    const plan = await this.#plan(context, look, { memory, held, mistake });
    const outcome = await this.#follow(context, { look, plan, memory });
    if (outcome.type === 'retry' || untilRelease === undefined) return outcome;
    return { ...outcome, afterMs: Math.min(untilRelease, outcome.afterMs ?? untilRelease) };
  }

  /** Whether a hold is over. Newer commits are asked for on looks that would render them. */
  async #isReleased(
    context: AppContext,
    { held, refresh }: { readonly held: Held | undefined; readonly refresh: Refresh | undefined },
  ): Promise<boolean> {
    if (held === undefined) return false;
    const deps = this.#deps;
    if (refresh === undefined || refresh.level < levels.manifests)
      return heldFor(held, deps.clock.now()) === 0;
    const isLatest = refresh.level === levels.latest;
    const reason = await holdEnd(context, held, { isLatest, deps });
    if (reason === undefined) return false;
    deps.logger.info('hold is over', { app: context.instance, reason, held: describeHeld(held) });
    return true;
  }

  async #release(app: Application, memory: AppMemory): Promise<Outcome> {
    await this.#deps.writer.write(app, { annotations: { [ownAnnotations.hold]: null } });
    memory.ask(levels.latest);
    return { type: 'done', afterMs: 0 };
  }

  async #plan(context: AppContext, look: FreshLook, { memory, held, mistake }: Facts): Promise<Plan> {
    const deps = this.#deps;
    const { app } = context;
    const cycle = cycleOf(context, deps);
    if (cycle !== undefined) return refusal(cycle);
    if (isAutomated(app.spec) && mistake !== undefined) return refusal(mistake);
    const sync = look.status.sync ?? { status: 'Unknown' };
    if (isAutomated(app.spec)) {
      const verdict = windowVerdict(context, { isManual: false }, deps);
      if (!verdict.isAllowed) {
        const afterMs = sync.status === 'OutOfSync' ? untilChange(verdict, deps.clock.now()) : undefined;
        return closed(verdict.mistake, afterMs);
      }
    }
    const decision = await this.#decide(context, look, held);
    if (decision.type === 'refuse') return refusal(decision.message);
    if (decision.type !== 'start') return { decision, drafts: [] };
    const waiting = dependencyText(context, held === undefined ? followerOf(context, sync) : undefined, {
      memory,
      deps,
    });
    return waiting === undefined ? { decision, drafts: [] } : refusal(waiting);
  }

  async #decide(context: AppContext, look: FreshLook, held: Held | undefined): Promise<AutomationDecision> {
    const { clock, settings } = this.#deps;
    const { status } = look;
    // What may not be synced, as it is not signed as demanded, is not tried: it is synced once it is.
    if (status.conditions?.some(({ type }) => type === 'ComparisonError') === true)
      return { type: 'nothing' };
    const decision = decideAutoSync({
      app: { ...context.app, status },
      sync: status.sync ?? { status: 'Unknown' },
      resources: status.resources ?? [],
      now: clock.now(),
      settings: settings.selfHeal,
      isCauseGone: await isCauseGone(context, look.comparison, status.operationState),
      mayHaveChanged: look.mayHaveChanged,
      ...(held === undefined ? {} : { sources: held.target.sources }),
    });
    if (decision.type !== 'start') return decision;
    return { ...decision, operation: withOrigin(decision.operation, status, held) };
  }

  async #follow(
    context: AppContext,
    { look, plan, memory }: { readonly look: FreshLook; readonly plan: Plan; readonly memory: AppMemory },
  ): Promise<Outcome> {
    const { app } = context;
    const { decision, drafts } = plan;
    const deps = this.#deps;
    const now = nowIn(deps);
    const status =
      drafts === undefined ? look.status : withConditions(look.status, { drafts, types: syncErrors, now });
    if (decision.type === 'start')
      return this.#start(context, { status, operation: decision.operation, memory });
    const last = status.operationState;
    const isWaiting = decision.type === 'refuse' && isWaitingForCure(last);
    const isLater = decision.type === 'wait' || plan.afterMs !== undefined;
    // Once the wait is over the drift has to be found again.
    if (isLater || isWaiting) memory.ask(levels.live);
    await deps.writer.write(app, { status, ...refreshDone });
    if (isWaiting) return { type: 'wait', reason: last?.message ?? '', afterMs: RECHECK_MS };
    if (decision.type === 'wait') return { type: 'done', afterMs: decision.afterMs };
    return { type: 'done', afterMs: sooner(plan.afterMs, nextLookMs(status, app, { memory, deps })) };
  }

  async #start(
    context: AppContext,
    {
      status,
      operation,
      memory,
    }: { readonly status: ApplicationStatus; readonly operation: Operation; readonly memory: AppMemory },
  ): Promise<Outcome> {
    const { writer } = this.#deps;
    const operationState: OperationState = { operation, phase: 'Running', startedAt: nowIn(this.#deps) };
    const change = { status: { ...status, operationState }, operation, ...refreshDone };
    const started = await writer.write(context.app, change);
    if (started === undefined) return { type: 'done', afterMs: undefined };
    return this.#operations.operate({ ...context, app: started }, memory);
  }
}

interface Facts {
  readonly memory: AppMemory;
  readonly held: Held | undefined;
  readonly mistake: string | undefined;
}

const refusal = (message: string): Plan => ({
  decision: { type: 'refuse', message },
  drafts: [{ type: 'SyncError', message }],
});

/** Closed windows leave what was said before; windows that cannot be read are told. */
const closed = (mistake: string | undefined, afterMs: number | undefined): Plan => ({
  decision: nothing,
  drafts:
    mistake === undefined ? undefined : [{ type: 'SyncError', message: `invalid sync windows: ${mistake}` }],
  afterMs,
});

/** What led to an automated sync, for whoever reads its operation. */
function withOrigin(
  operation: Operation,
  { operationState }: ApplicationStatus,
  held: Held | undefined,
): Operation {
  const gaveWay = operationState !== undefined && successorOf(operationState) !== undefined;
  const before = operationState?.syncResult ?? operationState?.operation.sync;
  const revisions = (before?.revisions ?? []).length > 0 ? before?.revisions : [before?.revision ?? ''];
  const supersedes = { name: operationInfo.supersedes, value: (revisions ?? []).join(', ') };
  const named = gaveWay ? withInfo(operation, supersedes) : operation;
  return held === undefined
    ? named
    : withInfo(named, { name: operationInfo.held, value: describeHeld(held) });
}
