import { clusterOfSecret } from '@tiphys/adapter-kube';
import type {
  Cache,
  Clock,
  ClusterConfig,
  ClusterConnector,
  KubeApi,
  Logger,
  PubSub,
  RepoServer,
} from '@tiphys/ports';
import { parseGoDuration } from '@tiphys/runtime/config';
import type { Registry } from '@tiphys/runtime/metrics';
import { startProbes, type ProbeServer } from '@tiphys/runtime/probes';
import { createBackoff, createInProcessQueue } from '@tiphys/runtime/reconcile';
import { findRepository } from '@tiphys/settings';
import { instanceNameOf } from '@tiphys/tracking';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { ControllerConfig } from './config.ts';
import { ClusterRegistry } from './destination/cluster-registry.ts';
import { ControllerMetrics } from './metrics/controller-metrics.ts';
import { Publisher } from './publish/publisher.ts';
import { AppReconciler } from './reconcile/app-reconciler.ts';
import { Controller } from './reconcile/controller.ts';
import { levels } from './reconcile/refresh.ts';
import type { RenderSettings } from './render/render-sources.ts';
import { ControlPlane } from './settings/control-plane.ts';
import { AppWriter } from './store/app-writer.ts';

export interface ApplicationControllerParts {
  readonly config: ControllerConfig;
  readonly namespace: string;
  /** The API of the cluster that the control plane lives in. */
  readonly api: KubeApi;
  readonly inCluster: ClusterConfig;
  readonly connector: ClusterConnector;
  readonly repoServer: RepoServer;
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Closes what was made for the controller alone. */
  readonly release: () => Promise<void>;
}

const BACKOFF = { baseMs: 100, maxMs: 60_000 };

/** The service: its watches, its loop and its probes, wired together. */
export class ApplicationController {
  readonly #parts: ApplicationControllerParts;
  readonly #controlPlane: ControlPlane;
  readonly #clusters: ClusterRegistry;
  readonly #controller: Controller;
  readonly #publisher: Publisher;
  #probes: ProbeServer | undefined;

  constructor(parts: ApplicationControllerParts) {
    this.#parts = parts;
    this.#publisher = new Publisher(parts);
    this.#clusters = this.#makeClusters();
    this.#controlPlane = this.#makeControlPlane();
    const reconciler = this.#makeReconciler();
    this.#controller = new Controller({
      controlPlane: () => this.#controlPlane,
      reconciler: () => reconciler,
      queue: createInProcessQueue({
        onError: (key, error) => parts.logger.error('look broke', { app: key, error }),
      }),
      backoff: createBackoff(BACKOFF),
      metrics: new ControllerMetrics(parts.metrics),
      logger: parts.logger,
      concurrency: parts.config.statusProcessors,
      keyOfInstance: (instance) => keyOfInstance(instance, parts.namespace),
    });
  }

  async start(): Promise<{ stop(): Promise<void> }> {
    const { config, metrics, logger, namespace } = this.#parts;
    this.#probes = await startProbes({
      port: config.metricsPort,
      address: config.address,
      metrics,
      notReady: () => (this.#controlPlane.isReady ? [] : ['watches of the control plane']),
    });
    await this.#controlPlane.start();
    await this.#publisher.watch(() => this.#controller.askAll(levels.tree));
    this.#controller.start();
    logger.info('application-controller is up', { namespace });
    return { stop: () => this.#stop() };
  }

  async #stop(): Promise<void> {
    this.#publisher.close();
    await this.#controller.stop();
    await this.#controlPlane.stop();
    await this.#clusters.reset();
    await this.#parts.api.close();
    await this.#parts.release();
    await this.#probes?.close();
  }

  #makeControlPlane(): ControlPlane {
    const { api, namespace, logger } = this.#parts;
    return new ControlPlane({
      api,
      namespace,
      logger,
      readYaml: (text) => parseYamlDocuments(text, { file: 'argocd-cm' })[0] ?? null,
      parseCluster: clusterOfSecret,
      onApplication: (change) => this.#controller.applicationChanged(change),
      onProject: (name) => this.#controller.askProject(name),
      onSettings: () => this.#rebuild(() => this.#clusters.reset()),
      onClusters: () => this.#rebuild(() => this.#clusters.refresh()),
      onRepositories: () => this.#controller.askAll(levels.manifests),
    });
  }

  #makeClusters(): ClusterRegistry {
    const { connector, inCluster, logger } = this.#parts;
    return new ClusterRegistry({
      connector,
      inCluster,
      logger,
      clusters: () => this.#controlPlane.clusters,
      mistakes: () => this.#controlPlane.clusterMistakes,
      viewOptions: () => ({
        tracking: this.#controlPlane.settings.tracking,
        filters: this.#controlPlane.settings,
      }),
      onChange: (server, instance, what) => this.#controller.liveChanged(server, instance, what),
      onKinds: (server) => this.#controller.askAll(levels.manifests, server),
      onConnection: (server) => this.#controller.askAll(levels.manifests, server),
    });
  }

  #makeReconciler(): AppReconciler {
    const { api, namespace, repoServer, clock, logger, config } = this.#parts;
    return new AppReconciler({
      controlPlane: this.#controlPlane,
      clusters: this.#clusters,
      repoServer,
      renderSettings: this.#renderSettings(),
      writer: new AppWriter(api, this.#controlPlane.applications),
      publisher: this.#publisher,
      clock,
      logger,
      parseDuration: parseGoDuration,
      settings: {
        namespace,
        resyncMs: config.appResync,
        jitterMs: config.appResyncJitter,
        selfHeal: {
          timeoutMs: config.selfHealTimeoutSeconds * 1_000,
          backoffBaseMs: config.selfHealBackoffTimeoutSeconds * 1_000,
          backoffFactor: config.selfHealBackoffFactor,
          backoffCapMs: config.selfHealBackoffCapSeconds * 1_000,
        },
      },
    });
  }

  #renderSettings(): RenderSettings {
    const controlPlane = this.#controlPlane;
    const { namespace } = this.#parts;
    return {
      repositoryOf: (source, project) => findRepository(controlPlane.repositories, source, project),
      helmRepositories: (project) =>
        controlPlane.repositories.repositories.filter(
          (repository) =>
            repository.type === 'helm' &&
            (repository.project === undefined || repository.project === project),
        ),
      get options() {
        const { kustomizeBuildOptions, helmValuesFileSchemes, disabledTools } = controlPlane.settings;
        return { kustomizeBuildOptions, helmValuesFileSchemes, disabledTools };
      },
      instanceOf: (app) =>
        instanceNameOf({ name: app.metadata.name ?? '', namespace: app.metadata.namespace ?? '' }, namespace),
    };
  }

  #rebuild(drop: () => Promise<void>): void {
    drop()
      .then(() => this.#controller.askAll(levels.manifests))
      .catch((error: unknown) => this.#parts.logger.error('clusters cannot be rebuilt', { error }));
  }
}

/** The queue key of the Application behind an instance name: `<name>` or `<namespace>_<name>`. */
function keyOfInstance(instance: string, controlNamespace: string): string {
  const at = instance.indexOf('_');
  return at < 0 ? `${controlNamespace}/${instance}` : `${instance.slice(0, at)}/${instance.slice(at + 1)}`;
}
