import { clusterOfSecret } from '@tiphys/adapter-kube';
import type {
  Cache,
  Clock,
  ClusterConfig,
  ClusterConnector,
  Jq,
  KubeApi,
  Logger,
  LuaRunner,
  PubSub,
  RepoServer,
} from '@tiphys/ports';
import type { Application } from '@tiphys/model';
import { parseGoDuration } from '@tiphys/runtime/config';
import type { LeaseNews, LeaseSet } from '@tiphys/runtime/leases';
import type { Registry } from '@tiphys/runtime/metrics';
import { EventRecorder, enabledReasons } from '@tiphys/runtime/events';
import { startProbes, type ProbeServer } from '@tiphys/runtime/probes';
import { createBackoff, createInProcessQueue } from '@tiphys/runtime/reconcile';
import { eventLabelsOf } from '@tiphys/settings';
import { applicationOfInstance } from '@tiphys/tracking';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { ControllerConfig } from './config.ts';
import { ClusterRegistry, type ClusterState } from './destination/cluster-registry.ts';
import { ScriptedHealth } from './live/scripted-health.ts';
import { ControllerMetrics } from './metrics/controller-metrics.ts';
import { ClusterMetrics } from './metrics/cluster-metrics.ts';
import { eventsBetween } from './publish/app-events.ts';
import { ClusterInfoPublisher } from './publish/cluster-info.ts';
import { ProjectReleaser } from './projects/project-releaser.ts';
import { ClusterLabels } from './publish/cluster-labels.ts';
import { Publisher } from './publish/publisher.ts';
import { AppReconciler } from './reconcile/app-reconciler.ts';
import { Controller } from './reconcile/controller.ts';
import { DependencyIndex } from './reconcile/dependency-index.ts';
import { levels } from './reconcile/refresh.ts';
import type { ClusterShards } from './sharding/cluster-shards.ts';
import { LookGate } from './sharding/look-gate.ts';
import { makeShards } from './sharding/make-shards.ts';
import { ControlPlane } from './settings/control-plane.ts';
import { renderSettingsOf } from './settings/render-settings.ts';
import { reconcileSettings } from './settings/reconcile-settings.ts';
import { viewSettingsOf } from './settings/view-settings.ts';
import { AppWriter } from './store/app-writer.ts';

export interface ApplicationControllerParts {
  readonly config: ControllerConfig;
  readonly namespace: string;
  /** The API of the cluster that the control plane lives in. */
  readonly api: KubeApi;
  /** The same API over connections of its own, so that nothing holds up the leases. */
  readonly leaseApi: KubeApi;
  readonly inCluster: ClusterConfig;
  readonly connector: ClusterConnector;
  readonly repoServer: RepoServer;
  readonly cache: Cache;
  readonly jq: Jq;
  readonly lua: LuaRunner;
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
  readonly #shards: ClusterShards;
  readonly #leases: LeaseSet;
  readonly #gate: LookGate;
  readonly #dependencies = new DependencyIndex();
  readonly #publisher: Publisher;
  readonly #events: EventRecorder;
  readonly #projects: ProjectReleaser;
  readonly #clusterInfo: ClusterInfoPublisher;
  readonly #clusterLabels: ClusterLabels;
  readonly #clusterMetrics: ClusterMetrics;
  #probes: ProbeServer | undefined;

  constructor(parts: ApplicationControllerParts) {
    this.#parts = parts;
    this.#publisher = new Publisher({
      cache: parts.cache,
      pubSub: parts.pubSub,
      logger: parts.logger,
      maskAnnotations: () => this.#controlPlane.settings.maskAnnotations,
    });
    this.#events = new EventRecorder({
      ...parts,
      component: 'argocd-application-controller',
      reasons: enabledReasons(parts.config.enableK8sEvent),
      labelsOf: (app) => {
        const { settings } = this.#controlPlane;
        return eventLabelsOf(settings.eventLabels, app, this.#controlPlane.project(app.spec.project));
      },
    });
    this.#clusters = this.#makeClusters();
    this.#controlPlane = this.#makeControlPlane();
    const { projects, applications } = this.#controlPlane;
    this.#projects = new ProjectReleaser({ ...parts, projects, applications });
    ({ shards: this.#shards, leases: this.#leases } = this.#makeShards());
    this.#gate = new LookGate({
      shards: this.#shards,
      serverOf: (destination) => this.#clusters.serverOf(destination),
      destinationOf: (app) => this.#controlPlane.applications.find(app)?.spec.destination,
    });
    this.#clusterMetrics = new ClusterMetrics({
      registry: parts.metrics,
      states: () => this.#clusterStates(),
      now: () => parts.clock.now(),
    });
    this.#clusterInfo = new ClusterInfoPublisher({
      ...parts,
      states: () => this.#clusterStates(),
      servers: () => this.#clusters.states().map(({ config }) => config.server),
      applications: () => this.#applicationsByServer(),
    });
    this.#clusterLabels = new ClusterLabels({
      ...parts,
      secrets: () => this.#controlPlane.secrets,
      versionOf: (uid) =>
        this.#clusterStates().find(({ config }) => config.id === uid)?.view?.version.gitVersion,
    });
    const reconciler = this.#makeReconciler();
    this.#controller = new Controller({
      controlPlane: () => this.#controlPlane,
      reconciler: () => reconciler,
      diffTools: {
        settings: () => this.#controlPlane.settings.diff,
        jq: (expressions, documents) => parts.jq.deleteAll(expressions, documents),
        serverSideDiff: parts.config.serverSideDiffEnabled,
      },
      queue: createInProcessQueue({
        onError: (key, error) => parts.logger.error('look broke', { app: key, error }),
      }),
      backoff: createBackoff(BACKOFF),
      metrics: new ControllerMetrics(parts.metrics),
      logger: parts.logger,
      dependencies: this.#dependencies,
      gate: this.#gate,
      now: () => parts.clock.now(),
      concurrency: parts.config.statusProcessors,
      keyOfInstance: (instance) => {
        const { namespace, name } = applicationOfInstance(instance, parts.namespace);
        return `${namespace}/${name}`;
      },
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
    this.#projects.start();
    this.#shards.start();
    this.#clusterInfo.start();
    this.#clusterLabels.start();
    logger.info('application-controller is up', { namespace });
    return { stop: () => this.#stop() };
  }

  async #stop(): Promise<void> {
    this.#publisher.close();
    this.#clusterInfo.close();
    await this.#clusterLabels.close();
    await this.#controller.stop();
    await this.#projects.stop();
    await this.#leases.stop();
    await this.#events.close();
    await this.#controlPlane.stop();
    await this.#clusters.reset();
    await this.#parts.api.close();
    await this.#parts.leaseApi.close();
    await this.#parts.release();
    await this.#probes?.close();
  }

  #makeControlPlane(): ControlPlane {
    const { api, namespace, logger, config } = this.#parts;
    return new ControlPlane({
      api,
      namespace,
      applicationNamespaces: config.applicationNamespaces,
      logger,
      readYaml: (text) => parseYamlDocuments(text, { file: 'argocd-cm' })[0] ?? null,
      parseCluster: clusterOfSecret,
      onApplication: (change) => this.#controller.applicationChanged(change),
      onProject: (name) => this.#controller.askProject(name),
      onSettings: () => this.#rebuild(() => this.#clusters.refresh()),
      onClusters: () => this.#rebuild(() => this.#clusters.refresh()),
      onRepositories: () => this.#controller.askAll(levels.manifests),
      parseDuration: parseGoDuration,
      onTiming: () => this.#controller.retime(),
    });
  }

  #makeClusters(): ClusterRegistry {
    const { connector, clock, inCluster, logger } = this.#parts;
    return new ClusterRegistry({
      connector,
      clock,
      inCluster,
      logger,
      clusters: () => this.#controlPlane.clusters,
      mistakes: () => this.#controlPlane.clusterMistakes,
      viewOptions: () => ({
        ...viewSettingsOf(this.#controlPlane.settings),
        scripted: new ScriptedHealth(this.#parts.lua, this.#controlPlane.settings.scripts),
      }),
      isInClusterEnabled: () => this.#controlPlane.settings.live.isInClusterEnabled,
      onChange: (server, instance, what) => this.#controller.liveChanged(server, instance, what),
      onEvent: (server, kind) => this.#clusterMetrics.happened(server, kind),
      onTopLevel: (server, namespace) => this.#controller.topLevelChanged(server, namespace),
      onKinds: (server) => this.#controller.askAll(levels.manifests, server),
      onConnection: (server) => this.#controller.askAll(levels.manifests, server),
    });
  }

  #makeShards(): ReturnType<typeof makeShards> {
    return makeShards({
      ...this.#parts,
      api: this.#parts.leaseApi,
      clusters: () => this.#clusters.states().map(({ config }) => config),
      applications: () => this.#applicationsByServer(),
      onChange: (lease, news) => this.#leaseChanged(lease, news),
      drain: (lease) => this.#gate.drained(lease),
    });
  }

  /** Applications of a cluster that is gained are looked at; of one that is lost nothing is kept. */
  #leaseChanged(lease: string, news: LeaseNews): void {
    const { logger } = this.#parts;
    const place = this.#shards.placeOf(lease);
    logger.info('lease changed', { lease, cluster: place?.server ?? '', news });
    if (place === undefined || news === 'paused') return;
    const isThere = ({ spec }: Application): boolean =>
      this.#clusters.serverOf(spec.destination) === place.server;
    if (news === 'held') return this.#controller.lookAtAll(isThere, levels.live);
    this.#controller.leave(isThere);
    if (place.server === undefined) return;
    this.#clusters.release(place.server).catch((error: unknown) => {
      logger.error('the view of a cluster cannot be ended', { cluster: place.server, error });
    });
  }

  /** The clusters that are served here; none before the settings are known. */
  #clusterStates(): readonly ClusterState[] {
    if (!this.#controlPlane.isReady) return [];
    return this.#clusters.states().filter(({ config }) => this.#shards.keeps(config.server));
  }

  #applicationsByServer(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { spec } of this.#controlPlane.applications.values()) {
      const server = this.#clusters.serverOf(spec.destination);
      if (server !== undefined) counts.set(server, (counts.get(server) ?? 0) + 1);
    }
    return counts;
  }

  #makeReconciler(): AppReconciler {
    const { api, namespace, repoServer, clock, logger, config } = this.#parts;
    return new AppReconciler({
      controlPlane: this.#controlPlane,
      clusters: this.#clusters,
      repoServer,
      renderSettings: renderSettingsOf(this.#controlPlane, { namespace, gpgEnabled: config.gpgEnabled }),
      writer: new AppWriter(api, this.#controlPlane.applications, {
        fenceOf: (app) => this.#gate.fenceOf(app),
        onWritten: (before, after) => {
          for (const event of eventsBetween(before, after)) this.#events.record(after, event);
        },
      }),
      publisher: this.#publisher,
      clock,
      logger,
      parseDuration: parseGoDuration,
      settings: reconcileSettings(config, namespace, this.#controlPlane),
      dependencies: this.#dependencies,
      fenceOf: (app) => this.#gate.fenceOf(app),
      lookAgain: (key, level) => this.#controller.lookAgain(key, level),
    });
  }

  #rebuild(drop: () => Promise<void>): void {
    drop()
      .then(() => {
        this.#shards.refresh();
        // Destinations may lead elsewhere now: whoever is to look at an Application finds out by looking.
        this.#controller.lookAtAll(({ spec }) => this.#gate.keeps(spec.destination), levels.manifests);
      })
      .catch((error: unknown) => this.#parts.logger.error('clusters cannot be rebuilt', { error }));
  }
}
