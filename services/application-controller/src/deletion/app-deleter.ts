import {
  hasCode,
  messageOf,
  sourcesOf,
  type Application,
  type ApplicationStatus,
  type AppProject,
  type KubeObject,
} from '@tiphys/model';
import { isSourceNamespacePermitted, namespaceRefusal, violationsOf } from '@tiphys/project-policy';
import { failpoint } from '@tiphys/runtime/failpoints';
import type { AppComparer } from '../compare/app-comparer.ts';
import { assertVerified, loadDesired, type AppContext } from '../compare/desired.ts';
import { grant } from '../operation/rights.ts';
import type { AppMemory } from '../reconcile/app-memory.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import { instanceOf, nowIn, type ReconcilerDeps } from '../reconcile/reconciler-deps.ts';
import { levels } from '../reconcile/refresh.ts';
import { objectName } from '@tiphys/runtime/watch';
import { withConditions } from '../status/conditions.ts';
import {
  cascading,
  deleteManaged,
  isHeldBack,
  ownFinalizers,
  withoutFinalizers,
} from './delete-application.ts';
import { runDeleteHooks, tidyDeleteHooks } from './delete-hooks.ts';
import { DELETE_STAGES, hasFinalizer, stageFinalizers, type DeleteStage } from './hook-finalizers.ts';

/** News of objects that go comes from the watch; this is for what a watch cannot tell. */
const RECHECK_MS = 2_000;
const RETRY_MS = 10_000;
/** A deletion that takes longer shows how far it is. */
const SHOWN_AFTER_MS = 2_000;
/** A deletion that takes longer tells in a condition what it waits for. */
const TOLD_AFTER_MS = 15_000;

/** What a part of a deletion came to; `done` lets the next one begin. */
type Progress =
  | { readonly type: 'done' }
  | { readonly type: 'waiting'; readonly reason: string }
  | { readonly type: 'failed'; readonly message: string };

const done: Progress = { type: 'done' };
const finished: Outcome = { type: 'done', afterMs: undefined };

/** One part of a deletion, and the finalizers that stand for it. */
interface Part {
  readonly names: readonly string[];
  readonly work: (context: AppContext, memory: AppMemory) => Promise<Progress>;
}

/**
 * Deletes what a deleted Application manages, with the hooks of its deletion before and after, then lets it go: part by
 * part, each held by a finalizer of its own, so that a restart goes on where it was. What blocks it is said in a
 * condition.
 */
export class AppDeleter {
  readonly #deps: ReconcilerDeps;
  readonly #comparer: AppComparer;
  readonly #parts: readonly Part[];

  constructor(deps: ReconcilerDeps, comparer: AppComparer) {
    this.#deps = deps;
    this.#comparer = comparer;
    this.#parts = [
      this.#hookPart('PreDelete'),
      { names: cascading, work: async (context) => progressOf(await deleteManaged(context)) },
      this.#hookPart('PostDelete'),
      ...DELETE_STAGES.map((stage) => this.#tidyPart(stage)),
    ];
  }

  async delete(app: Application, memory: AppMemory): Promise<Outcome> {
    if (!isHeldBack(app)) return finished;
    failpoint('deletion-begin');
    const context = this.#contextOf(app, memory);
    if (context === 'cluster unknown') {
      // Nothing of it can be reached any more. What others hold it by is theirs.
      await this.#deps.writer.write(app, { finalizers: withoutFinalizers(app, ownFinalizers) });
      await this.#deps.publisher.forget(app, instanceOf(app, this.#deps));
      return finished;
    }
    if (context === 'cluster connecting')
      return { type: 'wait', reason: 'connecting the cluster', afterMs: RETRY_MS };
    if ('blocker' in context) return this.#blocked(app, context.blocker);
    return this.#advance(context, memory);
  }

  async #advance(context: AppContext, memory: AppMemory): Promise<Outcome> {
    let { app } = context;
    for (const { names, work } of this.#parts) {
      const held = names.filter((name) => hasFinalizer(app, name));
      if (held.length === 0) continue;
      const progress = await work({ ...context, app }, memory);
      if (progress.type === 'failed') return this.#blocked(app, progress.message);
      if (progress.type === 'waiting') return this.#waiting({ ...context, app }, memory, progress.reason);
      failpoint('deletion-finalizer-before');
      const written = await this.#deps.writer.write(app, { finalizers: withoutFinalizers(app, held) });
      failpoint('deletion-finalizer-after');
      if (written === undefined) break;
      app = written;
    }
    await this.#deps.publisher.forget(app, context.instance);
    return finished;
  }

  #hookPart(stage: DeleteStage): Part {
    return {
      names: [stageFinalizers[stage].run],
      work: async (context, memory) => {
        const round = await this.#withHooks(context, memory, (hooks) =>
          runDeleteHooks(context, stage, hooks),
        );
        const progress = progressOf(round);
        if (progress.type === 'done')
          failpoint(stage === 'PreDelete' ? 'deletion-pre-hooks-done' : 'deletion-post-hooks-done');
        return progress;
      },
    };
  }

  #tidyPart(stage: DeleteStage): Part {
    return {
      names: [stageFinalizers[stage].tidy],
      work: (context, memory) =>
        this.#withHooks(context, memory, async (hooks) => {
          await tidyDeleteHooks(context, stage, hooks);
          return done;
        }),
    };
  }

  /**
   * The hooks as git has them, under the rules of the project as it is now; where git cannot be read, or the project does
   * not permit it any more, that is what blocks the deletion. Of one that is blocked git is asked anew each time: that is
   * where people mend it.
   */
  async #withHooks<T>(
    context: AppContext,
    memory: AppMemory,
    use: (hooks: readonly KubeObject[]) => Promise<T>,
  ): Promise<T | Progress> {
    const { app, project, destination } = context;
    const { repoServer, renderSettings } = this.#deps;
    const violations = violationsOf(app, project, destination);
    if (violations.length > 0) return { type: 'failed', message: violations.join('; ') };
    const sources = sourcesOf(app.spec);
    const isBlocked = app.status?.conditions?.some(({ type }) => type === 'DeletionError') === true;
    try {
      // What was rendered before may not have had to be signed yet.
      const isSigned = sources.some((source) => renderSettings.signatureOf(source, project) !== undefined);
      if (isBlocked || isSigned || memory.desired === undefined)
        memory.desired = await loadDesired(repoServer, {
          context,
          settings: renderSettings,
          before: memory.desired,
          order: { sources, refreshRevision: isBlocked, noCache: false },
        });
      assertVerified(memory.desired);
      return await use(memory.desired.prepared.hooks);
    } catch (error) {
      return { type: 'failed', message: `hooks of the deletion: ${messageOf(error)}` };
    }
  }

  #contextOf(
    app: Application,
    memory: AppMemory,
  ): AppContext | 'cluster unknown' | 'cluster connecting' | { readonly blocker: string } {
    const { clusters, controlPlane } = this.#deps;
    let destination: ReturnType<typeof clusters.resolve>;
    try {
      destination = clusters.resolve(app.spec.destination);
    } catch (error) {
      return hasCode(error, 'invalid') ? 'cluster unknown' : { blocker: messageOf(error) };
    }
    memory.server = destination.server;
    const admitted = this.#projectOf(app);
    if ('blocker' in admitted) return admitted;
    const { project } = admitted;
    let view: AppContext['view'] | undefined;
    try {
      view = clusters.view(destination.config);
    } catch (error) {
      return { blocker: messageOf(error) };
    }
    if (view === undefined) return 'cluster connecting';
    const { settings } = controlPlane;
    return {
      app,
      project,
      destination: { ...grant(destination, app, controlPlane), fence: this.#deps.fenceOf(objectName(app)) },
      view,
      instance: instanceOf(app, this.#deps),
      tracking: settings.tracking,
      filters: settings,
    };
  }

  /** A project that does not take the Application lends it no rights, least of all to delete. */
  #projectOf(app: Application): { readonly project: AppProject } | { readonly blocker: string } {
    const { controlPlane, settings } = this.#deps;
    const name = app.spec.project === '' ? 'default' : app.spec.project;
    const project = controlPlane.project(name);
    if (project === undefined) return { blocker: `project ${name} does not exist` };
    const { name: appName = '', namespace = '' } = app.metadata;
    return isSourceNamespacePermitted(project, namespace, settings.namespace)
      ? { project }
      : { blocker: namespaceRefusal({ name: appName, namespace, project: name }) };
  }

  /** Shows how far a deletion is that takes its time, and tells what it waits for once that is long. */
  async #waiting(context: AppContext, memory: AppMemory, reason: string): Promise<Outcome> {
    const { app } = context;
    const sinceMs = this.#deps.clock.now() - Date.parse(app.metadata.deletionTimestamp ?? '');
    const seen = sinceMs < SHOWN_AFTER_MS ? app.status : await this.#seen(context, memory);
    const isTold = sinceMs >= TOLD_AFTER_MS;
    await this.#deps.writer.write(app, { status: isTold ? this.#telling(seen, reason) : seen });
    return { type: 'wait', reason, afterMs: isTold ? RETRY_MS : RECHECK_MS };
  }

  async #seen(context: AppContext, memory: AppMemory): Promise<Application['status']> {
    if (memory.desired === undefined) return context.app.status;
    const refresh = { level: levels.live, isHard: false } as const;
    return (await this.#comparer.compare(context, memory, refresh)).status;
  }

  async #blocked(app: Application, message: string): Promise<Outcome> {
    await this.#deps.writer.write(app, { status: this.#telling(app.status, message) });
    return { type: 'wait', reason: message, afterMs: RETRY_MS };
  }

  #telling(status: Application['status'], message: string): ApplicationStatus {
    return withConditions(status ?? {}, {
      drafts: [{ type: 'DeletionError', message }],
      types: new Set(['DeletionError']),
      now: nowIn(this.#deps),
    });
  }
}

type Round =
  | { readonly type: 'finished' | 'done' }
  | { readonly type: 'waiting'; readonly blockers: readonly string[] }
  | { readonly type: 'waiting'; readonly reason: string }
  | { readonly type: 'unconfirmed'; readonly objects: readonly string[] }
  | { readonly type: 'failed'; readonly message: string };

function progressOf(round: Round): Progress {
  switch (round.type) {
    case 'finished':
    case 'done':
      return done;
    case 'waiting':
      return 'reason' in round
        ? round
        : { type: 'waiting', reason: `waiting for deletion: ${round.blockers.join(', ')}` };
    case 'unconfirmed':
      return { type: 'waiting', reason: `waiting for confirmation to delete ${round.objects.join(', ')}` };
    case 'failed':
      return round;
  }
}
