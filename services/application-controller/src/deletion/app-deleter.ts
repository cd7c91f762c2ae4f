import { hasCode, messageOf, type Application } from '@tiphys/model';
import type { AppContext } from '../compare/desired.ts';
import type { AppMemory } from '../reconcile/app-memory.ts';
import type { Outcome } from '../reconcile/outcome.ts';
import { instanceOf, nowIn, type ReconcilerDeps } from '../reconcile/reconciler-deps.ts';
import { conditionsOn } from '../status/conditions.ts';
import { cascades, deleteManaged } from './delete-application.ts';

/** News of objects that go comes from the watch; this is for what a watch cannot tell. */
const RECHECK_MS = 2_000;
const RETRY_MS = 10_000;

/** Deletes what a deleted Application manages, then lets it go. What blocks it is said in a condition. */
export class AppDeleter {
  readonly #deps: ReconcilerDeps;

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
  }

  async delete(app: Application, memory: AppMemory): Promise<Outcome> {
    if (!cascades(app)) return { type: 'done', afterMs: undefined };
    const context = this.#contextOf(app, memory);
    if (context === 'cluster unknown') {
      // Nothing of it can be reached any more, and nothing may hold the Application back.
      await this.#deps.writer.write(app, { finalizers: [] });
      return { type: 'done', afterMs: undefined };
    }
    if (context === 'cluster connecting')
      return { type: 'wait', reason: 'connecting the cluster', afterMs: RETRY_MS };
    if ('blocker' in context) return this.#blocked(app, context.blocker);
    const deletion = await deleteManaged(context);
    switch (deletion.type) {
      case 'finished':
        await this.#deps.writer.write(app, { finalizers: deletion.finalizers });
        await this.#deps.publisher.forget(app, context.instance);
        return { type: 'done', afterMs: undefined };
      case 'waiting':
        return { type: 'wait', reason: `deleting ${deletion.blockers.join(', ')}`, afterMs: RECHECK_MS };
      case 'failed':
        return this.#blocked(app, deletion.message);
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
    const project = controlPlane.project(app.spec.project);
    if (project === undefined) return { blocker: `project ${app.spec.project} does not exist` };
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
      destination,
      view,
      instance: instanceOf(app, this.#deps),
      tracking: settings.tracking,
      filters: settings,
    };
  }

  async #blocked(app: Application, message: string): Promise<Outcome> {
    const status = conditionsOn(app, {
      drafts: [{ type: 'DeletionError', message }],
      types: new Set(['DeletionError']),
      now: nowIn(this.#deps),
    });
    await this.#deps.writer.write(app, { status });
    return { type: 'wait', reason: message, afterMs: RETRY_MS };
  }
}
