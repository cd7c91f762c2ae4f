import { hasCode, messageOf, type Application } from '@tiphys/model';
import type { Logger, WorkQueue } from '@tiphys/ports';
import type { Backoff } from '@tiphys/runtime/reconcile';
import { objectName, type Change } from '@tiphys/runtime/watch';
import type { DiffTools } from '../compare/diff-cache.ts';
import type { ControllerMetrics } from '../metrics/controller-metrics.ts';
import type { LookGate } from '../sharding/look-gate.ts';
import type { ControlPlane } from '../settings/control-plane.ts';
import { AppMemory } from './app-memory.ts';
import { askedMeanwhile } from './asked-meanwhile.ts';
import type { AppReconciler } from './app-reconciler.ts';
import type { DependencyIndex } from './dependency-index.ts';
import type { Outcome } from './outcome.ts';
import { levels, type RefreshLevel } from './refresh.ts';

export interface ControllerOptions {
  readonly controlPlane: () => ControlPlane;
  readonly reconciler: () => AppReconciler;
  readonly queue: WorkQueue;
  readonly diffTools: DiffTools;
  readonly backoff: Backoff;
  readonly metrics: ControllerMetrics;
  readonly logger: Logger;
  readonly dependencies: DependencyIndex;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly concurrency: number;
  readonly gate: LookGate;
  /** Name of the Application behind the mark of a live object, as a queue key. */
  readonly keyOfInstance: (instance: string) => string;
}

/** The loop: keys come from watches and timers, each look says when the next one is due. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #memories = new Map<string, AppMemory>();

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.queue.process(this.#options.concurrency, (key) => this.#look(key));
  }

  stop(): Promise<void> {
    return this.#options.queue.close();
  }

  applicationChanged({ type, object, before, origin }: Change<Application>): void {
    const key = objectName(object);
    const isGone = type === 'DELETED';
    for (const waiting of this.#options.dependencies.take(key, before, isGone ? undefined : object))
      this.lookAgain(waiting, levels.live);
    const { metrics, gate } = this.#options;
    if (gate.keeps(object.spec.destination))
      metrics.applicationChanged(key, before, isGone ? undefined : object);
    else metrics.forget(key, before);
    if (isGone) return this.#forget(key);
    // What the controller itself wrote is no news to it, but for what others wrote just before.
    if (origin === 'watch' || askedMeanwhile(before, object)) this.#options.queue.add(key);
  }

  /** Asks for a look at one Application. */
  lookAgain(key: string, level: RefreshLevel): void {
    if (this.#options.controlPlane().applications.find(key) === undefined) return;
    this.#memoryOf(key).ask(level);
    this.#options.queue.add(key);
  }

  /** Asks for a look at all Applications that are told, whether they were looked at before or not. */
  lookAtAll(isMeant: (app: Application) => boolean, level: RefreshLevel): void {
    const { controlPlane, metrics, queue } = this.#options;
    for (const app of controlPlane().applications.values()) {
      if (!isMeant(app)) continue;
      const key = objectName(app);
      metrics.applicationChanged(key, undefined, app);
      this.#memories.get(key)?.ask(level);
      queue.add(key);
    }
  }

  /** Forgets Applications that another controller looks after. */
  leave(isMeant: (app: Application) => boolean): void {
    const { controlPlane, metrics } = this.#options;
    for (const app of controlPlane().applications.values()) {
      if (!isMeant(app)) continue;
      const key = objectName(app);
      metrics.forget(key, app);
      this.#forget(key);
    }
  }

  /** Lets every Application find out anew when its next look is due. */
  retime(): void {
    for (const key of this.#memories.keys()) this.#options.queue.add(key);
  }

  /** A live object of an Application changed in a cluster. */
  liveChanged(server: string, instance: string, what: 'root' | 'child'): void {
    const key = this.#options.keyOfInstance(instance);
    const memory = this.#memories.get(key);
    if (memory === undefined || memory.server !== server) return;
    memory.ask(what === 'root' ? levels.live : levels.tree);
    this.#options.queue.add(key);
  }

  /** Something that no other object owns came or went in a namespace: its orphans may be others now. */
  topLevelChanged(server: string, namespace: string): void {
    for (const [key, memory] of this.#memories) {
      if (memory.orphanNamespace !== namespace || memory.server !== server) continue;
      memory.ask(levels.tree);
      this.#options.queue.add(key);
    }
  }

  /** Asks for a look at every Application, or at those of one cluster. */
  askAll(level: RefreshLevel, server?: string): void {
    for (const [key, memory] of this.#memories) {
      if (server !== undefined && memory.server !== server) continue;
      memory.ask(level);
      this.#options.queue.add(key);
    }
  }

  /** Asks for a look at the Applications of a project. */
  askProject(project: string): void {
    for (const app of this.#options.controlPlane().applications.values()) {
      if ((app.spec.project === '' ? 'default' : app.spec.project) !== project) continue;
      const key = objectName(app);
      this.#memoryOf(key).ask(levels.manifests);
      this.#options.queue.add(key);
    }
  }

  async #look(key: string): Promise<void> {
    const { controlPlane, gate } = this.#options;
    const app = controlPlane().applications.find(key);
    if (app === undefined) return;
    // Whoever serves its cluster looks at it; it is asked for again when that is us.
    if (!gate.begin(key, app.spec.destination)) return this.#forget(key);
    let isOurs = false;
    let outcome: Outcome | undefined;
    const before = performance.now();
    try {
      outcome = await this.#options.reconciler().reconcile(app, this.#memoryOf(key));
    } finally {
      isOurs = gate.end(key);
    }
    this.#report(app, outcome, performance.now() - before);
    if (isOurs) return this.#schedule(key, outcome);
    this.#forget(key);
    // Another may have taken over, or we have leave anew: that look begins from what is on record.
    this.#options.queue.add(key);
  }

  #report(app: Application, outcome: Outcome, ms: number): void {
    this.#options.metrics.looked(app, ms / 1_000);
    this.#options.logger.debug('looked', {
      app: objectName(app),
      outcome: outcome.type,
      ms: Math.round(ms),
      ...('reason' in outcome ? { reason: outcome.reason } : {}),
    });
  }

  #forget(key: string): void {
    this.#memories.delete(key);
    this.#options.backoff.forget(key);
  }

  #memoryOf(key: string): AppMemory {
    const known = this.#memories.get(key);
    if (known !== undefined) return known;
    const memory = new AppMemory(this.#options.diffTools, this.#options.now());
    this.#memories.set(key, memory);
    return memory;
  }

  #schedule(key: string, outcome: Outcome): void {
    const { queue, backoff, logger } = this.#options;
    if (outcome.type === 'retry') {
      const memory = this.#memoryOf(key);
      memory.ask(levels.manifests);
      const isConflict = hasCode(outcome.error, 'conflict');
      if (!isConflict)
        logger.warn('look failed', { app: key, error: outcome.error, message: messageOf(outcome.error) });
      queue.add(key, backoff.next(key));
      return;
    }
    backoff.forget(key);
    if (outcome.afterMs !== undefined) queue.add(key, Math.max(1, outcome.afterMs));
  }
}
