import {
  annotations,
  hasCode,
  messageOf,
  sourcesOf,
  type Application,
  type ApplicationStatus,
  type ConditionType,
  type OperationState,
} from '@tiphys/model';
import { mergeConditions, type ConditionDraft } from '@tiphys/conditions';
import type { Clock, Logger, RepoServer } from '@tiphys/ports';
import type { ResolvedDestination } from '@tiphys/project-policy';
import {
  appendHistory,
  decideAutoSync,
  isoSeconds,
  type DurationParser,
  type SelfHealSettings,
} from '@tiphys/sync-plan';
import { instanceNameOf } from '@tiphys/tracking';
import { compareApplication, type Comparison } from '../compare/compare.ts';
import { loadDesired, type AppContext, type Desired } from '../compare/desired.ts';
import { cascades, deleteManaged } from '../deletion/delete-application.ts';
import type { ClusterRegistry } from '../destination/cluster-registry.ts';
import { advanceOperation } from '../operation/advance-operation.ts';
import { currentState, endState, hasOperation } from '../operation/operation-state.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { RenderSettings } from '../render/render-sources.ts';
import type { ControlPlane } from '../settings/control-plane.ts';
import { statusOfFinding, type Finding } from '../status/build-status.ts';
import type { AppWriter } from '../store/app-writer.ts';
import type { AppMemory } from './app-memory.ts';
import type { Outcome } from './outcome.ts';
import { levels, reconciledAt, refreshOf, type Refresh } from './refresh.ts';
import { validateSpec } from './validate-spec.ts';

export interface ReconcilerDeps {
  readonly controlPlane: ControlPlane;
  readonly clusters: ClusterRegistry;
  readonly repoServer: RepoServer;
  readonly renderSettings: RenderSettings;
  readonly writer: AppWriter;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly parseDuration: DurationParser;
  readonly settings: ReconcileSettings;
}

export interface ReconcileSettings {
  /** The control plane's namespace. */
  readonly namespace: string;
  /** Milliseconds between two looks at an Application that nobody asked for; 0 turns polling off. */
  readonly resyncMs: number;
  /** Each Application's own share of 0 to this many milliseconds is added, so that they do not all come at once. */
  readonly jitterMs: number;
  readonly selfHeal: SelfHealSettings;
}

/** Milliseconds between two looks at what cannot be told by a watch. */
const RECHECK_MS = 10_000;
const DELETION_RECHECK_MS = 2_000;

const specConditions: ReadonlySet<ConditionType> = new Set(['InvalidSpecError', 'UnknownError']);
const comparedConditions: ReadonlySet<ConditionType> = new Set([
  ...specConditions,
  'ComparisonError',
  'SharedResourceWarning',
  'RepeatedResourceWarning',
  'ExcludedResourceWarning',
]);

type Destination = ResolvedDestination & { readonly config: Parameters<ClusterRegistry['view']>[0] };

/** What a look found, and what follows from it for the status. */
interface Look {
  readonly status: ApplicationStatus;
  readonly comparison: Comparison | undefined;
}

/**
 * Looks at one Application and does what is due: deletion, the operation under way, comparison, automated sync. Every
 * look reads everything anew, and a look that is repeated does no harm. It leaves through one door that writes status
 * and operation in one patch, of only what changed.
 */
export class AppReconciler {
  readonly #deps: ReconcilerDeps;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  async reconcile(app: Application, memory: AppMemory): Promise<Outcome> {
    try {
      if (app.metadata.deletionTimestamp !== undefined) return await this.#delete(app, memory);
      if (app.metadata.annotations?.[annotations.skipReconcile] === 'true')
        return { type: 'stalled', reason: 'skip-reconcile', afterMs: undefined };
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
    const partial = {
      project,
      destination,
      instance: this.#instanceOf(app),
      tracking: controlPlane.settings.tracking,
      filters: controlPlane.settings,
    };
    let view: AppContext['view'];
    try {
      view = await clusters.view(destination.config);
    } catch (error) {
      return this.#unreachable(app, destination, error);
    }
    const context = (current: Application): AppContext => ({ ...partial, app: current, view });
    if (hasOperation(app)) return this.#operate(context(app), memory);
    return this.#compareAndSync(context(app), memory);
  }

  #instanceOf(app: Application): string {
    const { name = '', namespace = '' } = app.metadata;
    return instanceNameOf({ name, namespace }, this.#deps.settings.namespace);
  }

  #now(): string {
    return isoSeconds(new Date(this.#deps.clock.now()));
  }

  /** A spec that cannot work: nothing is rendered, compared or pruned until it changes. */
  async #refuse(app: Application, messages: readonly string[]): Promise<Outcome> {
    const drafts: ConditionDraft[] = messages.map((message) => ({ type: 'InvalidSpecError', message }));
    const status = this.#statusWith(app, { type: 'invalid' }, { drafts, evaluated: comparedConditions });
    const state = currentState(app, new Date(this.#deps.clock.now()));
    if (state === undefined) await this.#deps.writer.write(app, { status, ...refreshDone });
    else {
      const operationState = endState(state, 'Error', {
        message: messages.join('; '),
        now: new Date(this.#deps.clock.now()),
      });
      await this.#deps.writer.write(app, {
        status: { ...status, operationState },
        operation: null,
        ...refreshDone,
      });
    }
    return { type: 'stalled', reason: messages.join('; '), afterMs: RECHECK_MS * 6 };
  }

  async #unreachable(app: Application, destination: Destination, error: unknown): Promise<Outcome> {
    const drafts: ConditionDraft[] = [
      { type: 'ComparisonError', message: `Failed to load live state: ${messageOf(error)}` },
    ];
    const health = { status: 'Unknown' } as const;
    const status = this.#statusWith(
      app,
      { type: 'unknown', health },
      { drafts, evaluated: comparedConditions },
    );
    await this.#deps.writer.write(app, { status, ...refreshDone });
    return { type: 'wait', reason: `cluster ${destination.server} does not answer`, afterMs: RECHECK_MS };
  }

  async #operate(context: AppContext, memory: AppMemory): Promise<Outcome> {
    const { writer, clock } = this.#deps;
    const state = currentState(context.app, new Date(clock.now()));
    if (state === undefined) return { type: 'done', afterMs: undefined };
    let app: Application | undefined = context.app;
    const persist = async (next: OperationState): Promise<void> => {
      if (app === undefined) return;
      app = await writer.write(app, { status: { ...app.status, operationState: next } });
    };
    // The operation is on record before its first effect, so that a restart takes it up again.
    await persist(state);
    if (app === undefined) return { type: 'done', afterMs: undefined };
    const advance = await advanceOperation({ ...context, app }, state, {
      memory,
      deps: { ...this.#deps, persist },
    });
    if (advance.type === 'waiting') {
      await persist(advance.state);
      return { type: 'wait', reason: advance.state.message ?? '', afterMs: advance.afterMs };
    }
    return app === undefined
      ? { type: 'done', afterMs: undefined }
      : this.#finish({ ...context, app }, advance, memory);
  }

  /** The end of an operation and the state that it left, written as one. */
  async #finish(
    context: AppContext,
    ended: { state: OperationState; revisions: readonly string[] },
    memory: AppMemory,
  ): Promise<Outcome> {
    const { operation: _operation, ...withoutOperation } = context.app;
    const status: ApplicationStatus = { ...context.app.status, operationState: ended.state };
    const finished: Application = {
      ...withoutOperation,
      kind: 'Application',
      status: { ...status, history: appendHistory(context.app, ended.state) },
    };
    const isSameRevision = memory.desired?.rendered.revisions.join() === ended.revisions.join();
    const level = isSameRevision && memory.desired !== undefined ? levels.live : levels.latest;
    memory.take();
    const look = await this.#compare({ ...context, app: finished }, memory, { level, isHard: false });
    await this.#deps.writer.write(context.app, { status: look.status, operation: null, ...refreshDone });
    this.#deps.logger.info('operation ended', {
      app: context.instance,
      phase: ended.state.phase,
      message: ended.state.message,
      revisions: ended.revisions,
    });
    if (look.comparison?.code === 'OutOfSync') memory.ask(levels.live);
    return { type: 'done', afterMs: memory.pending === undefined ? this.#nextLookMs(finished) : 0 };
  }

  async #compareAndSync(context: AppContext, memory: AppMemory): Promise<Outcome> {
    const { app } = context;
    const { clock, settings, writer } = this.#deps;
    const pending = memory.take();
    const refresh = refreshOf({
      app,
      pending,
      hasDesired: memory.desired !== undefined,
      now: clock.now(),
      resyncMs: this.#resyncMs(app),
    });
    if (refresh === undefined) return { type: 'done', afterMs: this.#nextLookMs(app) };
    const look = await this.#compare(context, memory, refresh);
    const seen: Application = { ...app, status: look.status };
    const decision = decideAutoSync({
      app: seen,
      sync: look.status.sync ?? { status: 'Unknown' },
      resources: look.status.resources ?? [],
      now: clock.now(),
      settings: settings.selfHeal,
    });
    const drafts: readonly ConditionDraft[] =
      decision.type === 'refuse' ? [{ type: 'SyncError', message: decision.message }] : [];
    const conditions = mergeConditions(look.status.conditions ?? [], drafts, {
      evaluated: new Set(['SyncError']),
      now: this.#now(),
    });
    const status = withConditions(look.status, conditions);
    if (decision.type !== 'start') {
      // Once the wait is over the drift has to be found again.
      if (decision.type === 'wait') memory.ask(levels.live);
      const written = await writer.write(app, { status, ...refreshDone });
      return {
        type: 'done',
        afterMs: decision.type === 'wait' ? decision.afterMs : this.#nextLookMs(written ?? seen),
      };
    }
    const state: OperationState = { operation: decision.operation, phase: 'Running', startedAt: this.#now() };
    const change = {
      status: { ...status, operationState: state },
      operation: decision.operation,
      ...refreshDone,
    };
    const started = await writer.write(app, change);
    return started === undefined
      ? { type: 'done', afterMs: undefined }
      : this.#operate({ ...context, app: started }, memory);
  }

  /** Compares at a level and says what the status becomes. A failure is a finding too. */
  async #compare(context: AppContext, memory: AppMemory, refresh: Refresh): Promise<Look> {
    try {
      const desired = await this.#desired(context, memory, refresh);
      const comparison = await compareApplication({
        ...context,
        prepared: desired.prepared,
        diffs: memory.diffs,
      });
      memory.diffs.retain(new Set(comparison.objects.map(({ pair }) => pair.live?.metadata.uid ?? '')));
      void this.#deps.publisher.publish(context, comparison.objects, memory);
      const images = [
        ...new Set(comparison.objects.flatMap(({ pair }) => context.view.get(pair.key)?.images ?? [])),
      ].sort();
      const finding: Finding = { type: 'compared', comparison, rendered: desired.rendered, images };
      const status = this.#statusWith(context.app, finding, {
        drafts: comparison.conditions,
        evaluated: comparedConditions,
      });
      const isFull = refresh.level >= levels.manifests;
      return { comparison, status: isFull ? { ...status, reconciledAt: this.#now() } : status };
    } catch (error) {
      if (hasCode(error, 'canceled')) throw error;
      memory.desired = undefined;
      const drafts: ConditionDraft[] = [{ type: 'ComparisonError', message: messageOf(error) }];
      const finding: Finding = {
        type: 'unknown',
        health: { status: context.app.status?.health?.status ?? 'Healthy' },
      };
      const status = this.#statusWith(context.app, finding, { drafts, evaluated: comparedConditions });
      return { comparison: undefined, status: { ...status, reconciledAt: this.#now() } };
    }
  }

  async #desired(context: AppContext, memory: AppMemory, { level, isHard }: Refresh): Promise<Desired> {
    if (memory.desired !== undefined && level < levels.manifests) return memory.desired;
    memory.desired = await loadDesired(this.#deps.repoServer, {
      context,
      settings: this.#deps.renderSettings,
      before: memory.desired,
      order: {
        sources: sourcesOf(context.app.spec),
        refreshRevision: level === levels.latest,
        noCache: isHard,
      },
    });
    return memory.desired;
  }

  #statusWith(
    app: Application,
    finding: Finding,
    {
      drafts,
      evaluated,
    }: { readonly drafts: readonly ConditionDraft[]; readonly evaluated: ReadonlySet<ConditionType> },
  ): ApplicationStatus {
    const now = this.#now();
    const conditions = mergeConditions(app.status?.conditions ?? [], drafts, { evaluated, now });
    const status = {
      ...app.status,
      ...statusOfFinding(app, finding, now),
      controllerNamespace: this.#deps.settings.namespace,
    };
    return withConditions(status, conditions);
  }

  async #delete(app: Application, memory: AppMemory): Promise<Outcome> {
    const { clusters, controlPlane, publisher, writer } = this.#deps;
    if (!cascades(app)) return { type: 'done', afterMs: undefined };
    let destination: Destination;
    try {
      destination = clusters.resolve(app.spec.destination);
    } catch {
      // The cluster is no longer known: nothing of it can be reached, and nothing may hold the Application back.
      await writer.write(app, { finalizers: [] });
      return { type: 'done', afterMs: undefined };
    }
    memory.server = destination.server;
    const project = controlPlane.project(app.spec.project);
    if (project === undefined) return this.#deletionFailed(app, `project ${app.spec.project} does not exist`);
    const view = await clusters.view(destination.config).catch((error: unknown) => messageOf(error));
    if (typeof view === 'string') return this.#deletionFailed(app, view);
    const { tracking } = controlPlane.settings;
    const instance = this.#instanceOf(app);
    const deletion = await deleteManaged({
      app,
      project,
      destination,
      view,
      instance,
      tracking,
      filters: controlPlane.settings,
    });
    switch (deletion.type) {
      case 'finished':
        await writer.write(app, { finalizers: deletion.finalizers });
        await publisher.forget(app, instance);
        return { type: 'done', afterMs: undefined };
      case 'waiting':
        return {
          type: 'wait',
          reason: `deleting ${deletion.blockers.join(', ')}`,
          afterMs: DELETION_RECHECK_MS,
        };
      case 'failed':
        return this.#deletionFailed(app, deletion.message);
    }
  }

  async #deletionFailed(app: Application, message: string): Promise<Outcome> {
    const conditions = mergeConditions(app.status?.conditions ?? [], [{ type: 'DeletionError', message }], {
      evaluated: new Set(['DeletionError']),
      now: this.#now(),
    });
    await this.#deps.writer.write(app, { status: withConditions(app.status ?? {}, conditions) });
    return { type: 'wait', reason: message, afterMs: RECHECK_MS };
  }

  /** The poll interval with this Application's own share of the jitter. */
  #resyncMs(app: Application): number {
    const { resyncMs, jitterMs } = this.#deps.settings;
    return resyncMs === 0 ? 0 : resyncMs + Math.floor(shareOf(app.metadata.uid ?? '') * jitterMs);
  }

  #nextLookMs(app: Application): number | undefined {
    const resyncMs = this.#resyncMs(app);
    return resyncMs === 0
      ? undefined
      : Math.max(1_000, reconciledAt(app) + resyncMs - this.#deps.clock.now());
  }
}

/** The refresh that was asked for is done with the same patch. */
const refreshDone = { annotations: { [annotations.refresh]: null } } as const;

function withConditions(
  status: ApplicationStatus,
  conditions: ApplicationStatus['conditions'],
): ApplicationStatus {
  const { conditions: _before, ...rest } = status;
  return conditions === undefined || conditions.length === 0 ? rest : { ...rest, conditions };
}

/** A stable number from 0 to 1 for a name. */
function shareOf(name: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619);
  return (hash >>> 0) / 4_294_967_296;
}
