import { asJson, isJsonObject, stringAt, type Application, type KubeObject } from '@tiphys/model';
import type { Clock, DeliveryQueue, GoRuntime, KubeApi, Logger, WorkQueue } from '@tiphys/ports';
import { isNamespaceListed } from '@tiphys/project-policy';
import type { Registry } from '@tiphys/runtime/metrics';
import { startProbes, type ProbeServer } from '@tiphys/runtime/probes';
import { objectName, ObjectStore, ownKinds, withoutManagedFields } from '@tiphys/runtime/watch';
import { createBackoff, createInProcessQueue, type Backoff } from '@tiphys/runtime/reconcile';
import type { NotificationsConfig } from './config.ts';
import { Deliverer } from './deliver/deliverer.ts';
import { SentKeyWriter } from './deliver/sent-key-writer.ts';
import { NotificationMetrics } from './metrics/notification-metrics.ts';
import { AppReconciler } from './reconcile/app-reconciler.ts';
import type { NotifierFactory } from './settings/settings.ts';
import { SettingsWatch } from './settings/settings-watch.ts';

export interface NotificationsParts {
  readonly config: NotificationsConfig;
  readonly namespace: string;
  readonly api: KubeApi;
  readonly go: GoRuntime;
  readonly queue: DeliveryQueue;
  readonly createNotifier: NotifierFactory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** The service: watches, the loop, the delivery workers and the probes, wired together. */
export class Notifications {
  readonly #parts: NotificationsParts;
  readonly #settings: SettingsWatch;
  readonly #apps: ObjectStore;
  readonly #projects: ObjectStore;
  readonly #looks: WorkQueue;
  readonly #backoff: Backoff = createBackoff({ baseMs: 500, maxMs: 60_000 });
  readonly #reconciler: AppReconciler;
  readonly #deliverer: Deliverer;
  #isStarted = false;
  #probes: ProbeServer | undefined;

  constructor(parts: NotificationsParts) {
    this.#parts = parts;
    const { config, namespace, api, go, queue, clock, logger, createNotifier } = parts;
    this.#looks = createInProcessQueue({
      onError: (app, error) => logger.error('look broke', { app, error }),
    });
    this.#settings = new SettingsWatch({
      api,
      namespace,
      configMapName: config.configMapName,
      secretName: config.secretName,
      createNotifier,
      logger,
      onChange: () => this.#settingsChanged(),
    });
    const { applicationNamespaces } = config;
    const watched = { api, logger, keep: withoutManagedFields };
    this.#apps = new ObjectStore({
      ...watched,
      resource: ownKinds.application,
      selector: applicationNamespaces.length === 0 ? { namespace } : {},
      accepts: ({ metadata }) =>
        metadata.namespace === namespace ||
        isNamespaceListed(applicationNamespaces, metadata.namespace ?? ''),
    });
    this.#apps.subscribe(({ object }) => this.#look(objectName(object)));
    this.#projects = new ObjectStore({ ...watched, resource: ownKinds.project, selector: { namespace } });
    this.#projects.subscribe(({ object }) => this.#projectChanged(objectName(object)));
    const metrics = new NotificationMetrics(parts.registry, () => queue.ready);
    const writer = new SentKeyWriter(api, clock);
    const settings = () => this.#settings.current;
    this.#deliverer = new Deliverer({ settings, go, writer, metrics, logger });
    this.#reconciler = new AppReconciler({
      settings,
      appOf: (key) => asApplication(this.#apps.find(key)),
      projectOf: (app) => this.#projects.get(namespace, app.spec.project),
      ...{ go, queue, writer, metrics, clock, logger },
    });
  }

  /** Port of the probes and metrics once started. */
  get port(): number | undefined {
    return this.#probes?.port;
  }

  /** Resolves once everything is watched and the workers run; waits for an API server that is away. */
  async start(): Promise<void> {
    const { config, registry, queue, logger } = this.#parts;
    this.#probes = await startProbes({
      port: config.metricsPort,
      address: config.address,
      metrics: registry,
      notReady: () => (this.#isStarted ? [] : ['watches']),
    });
    logger.info('listening', { port: this.#probes.port, pid: process.pid });
    await this.#settings.start();
    await Promise.all([this.#projects.start(), this.#apps.start()]);
    this.#isStarted = true;
    this.#looks.process(config.processorsCount, (key) => this.#lookAt(key));
    queue.process(config.deliveries, (queued) => this.#deliverer.deliver(queued));
    this.#lookAtAll();
    logger.info('started');
  }

  /** Lets running looks and deliveries end; what is left goes on after the next start. */
  async stop(): Promise<void> {
    await Promise.all([this.#settings.stop(), this.#projects.stop(), this.#apps.stop()]);
    await this.#looks.close();
    await this.#parts.queue.close();
    await this.#parts.go.close();
    await this.#parts.api.close();
    await this.#probes?.close();
  }

  async #lookAt(key: string): Promise<void> {
    try {
      const again = await this.#reconciler.reconcile(key);
      this.#backoff.forget(key);
      if (again !== undefined) this.#looks.add(key, again);
    } catch (error) {
      const afterMs = this.#backoff.next(key);
      this.#parts.logger.error('look failed', { app: key, afterMs, error });
      this.#looks.add(key, afterMs);
    }
  }

  #look(key: string): void {
    if (this.#isStarted) this.#looks.add(key);
  }

  #lookAtAll(): void {
    for (const app of this.#apps.values()) this.#look(objectName(app));
  }

  #projectChanged(projectKey: string): void {
    const project = projectKey.slice(projectKey.indexOf('/') + 1);
    for (const app of this.#apps.values()) {
      const key = objectName(app);
      if (stringAt(asJson(app), 'spec', 'project') === project) this.#look(key);
    }
  }

  #settingsChanged(): void {
    if (!this.#isStarted) return;
    this.#parts.queue.retryFailed().catch((error: unknown) => {
      this.#parts.logger.warn('deliveries that were given up wait for the queue', { error });
    });
    this.#lookAtAll();
  }
}

/** Watched objects may be anything that the CRD lets through. */
function asApplication(object: KubeObject | undefined): Application | undefined {
  if (object?.kind !== 'Application' || !isJsonObject(object['spec'])) return undefined;
  return object as Application;
}
