import { annotations, messageOf, type Application } from '@tiphys/model';
import type { ConditionDraft } from '@tiphys/conditions';
import { objectName } from '@tiphys/runtime/watch';
import { AppComparer } from '../compare/app-comparer.ts';
import type { AppContext } from '../compare/desired.ts';
import { AppDeleter } from '../deletion/app-deleter.ts';
import { finalizersFor } from '../deletion/hook-finalizers.ts';
import { currentState, endState, hasOperation } from '../operation/operation-state.ts';
import { grant } from '../operation/rights.ts';
import type { AppMemory } from './app-memory.ts';
import { ComparisonLook } from './comparison-look.ts';
import { refreshDone } from './due-refresh.ts';
import { heldOf } from './held.ts';
import { OperationLook } from './operation-look.ts';
import type { Outcome } from './outcome.ts';
import { instanceOf, type ReconcilerDeps } from './reconciler-deps.ts';
import { validateSpec } from './validate-spec.ts';

/** Milliseconds between two looks at what cannot be told by a watch. */
const RECHECK_MS = 10_000;

const skipped: Outcome = { type: 'stalled', reason: 'skip-reconcile', afterMs: undefined };

/** Said of an Application, or of a cluster for all that goes there. */
const isSkipped = (marks: Readonly<Record<string, string>> | undefined): boolean =>
  marks?.[annotations.skipReconcile] === 'true';

/**
 * Looks at one Application and does what is due: deletion, the operation under way, comparison, automated sync. Every
 * look reads everything anew, and a look that is repeated does no harm. Status and operation leave in one patch, of
 * only what changed.
 */
export class AppReconciler {
  readonly #deps: ReconcilerDeps;
  readonly #comparer: AppComparer;
  readonly #deleter: AppDeleter;
  readonly #operations: OperationLook;
  readonly #comparisons: ComparisonLook;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
    this.#comparer = new AppComparer(deps);
    this.#deleter = new AppDeleter(deps, this.#comparer);
    this.#operations = new OperationLook(deps, this.#comparer);
    this.#comparisons = new ComparisonLook(deps, this.#comparer, this.#operations);
  }

  async reconcile(app: Application, memory: AppMemory): Promise<Outcome> {
    try {
      if (app.metadata.deletionTimestamp !== undefined) return await this.#deleter.delete(app, memory);
      if (isSkipped(app.metadata.annotations)) return skipped;
      return await this.#look(app, memory);
    } catch (error) {
      return { type: 'retry', error };
    }
  }

  async #look(app: Application, memory: AppMemory): Promise<Outcome> {
    const { controlPlane, clusters } = this.#deps;
    const verdict = validateSpec(app, {
      namespace: this.#deps.settings.namespace,
      projectOf: (name) => controlPlane.project(name),
      resolve: (destination) => clusters.resolve(destination),
    });
    if (verdict.type === 'invalid') return this.#refuse(app, verdict.messages);
    const { project, destination } = verdict;
    memory.server = destination.server;
    if (isSkipped(destination.config.annotations)) return skipped;
    const { settings } = controlPlane;
    const { held } = heldOf(app);
    const base = {
      ...(held === undefined ? {} : { held: held.target }),
      app,
      project,
      destination: { ...grant(destination, app, controlPlane), fence: this.#deps.fenceOf(objectName(app)) },
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
    const outcome = await (hasOperation(app)
      ? this.#operations.operate(context, memory)
      : this.#comparisons.compare(context, memory));
    await this.#holdForHooks(app, memory);
    return outcome;
  }

  /** While the manifests have hooks of a deletion, a finalizer keeps the Application until those were run. */
  async #holdForHooks(app: Application, memory: AppMemory): Promise<void> {
    const { controlPlane, writer } = this.#deps;
    const now = controlPlane.applications.find(objectName(app));
    if (now === undefined || memory.desired === undefined) return;
    const finalizers = finalizersFor(now, memory.desired.prepared.hooks);
    if (finalizers !== undefined && now.metadata.deletionTimestamp === undefined)
      await writer.write(now, { finalizers });
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
}
