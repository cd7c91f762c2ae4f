import type { Cache, Clock, KubeApi, LuaRunner, PubSub, RepoServer } from '@tiphys/ports';
import type { EventRecorder } from '@tiphys/runtime/events';
import type { Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { clusterObjectOf } from '../clusters/cluster-finder.ts';
import { ClusterNames } from '../clusters/cluster-names.ts';
import type { DestinationClusters } from '../clusters/destination-clusters.ts';
import type { ApiServerConfig } from '../config.ts';
import { Declared } from '../repositories/declared.ts';
import { TargetClusterReader } from '../repositories/target-cluster.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Stores } from '../store/stores.ts';
import { announced } from './announce.ts';
import { AppState } from './app-state.ts';
import { AppStore } from './app-store.ts';
import { DeleteService } from './delete-service.ts';
import { AppFinder } from './finder.ts';
import { ManifestService } from './manifest-service.ts';
import { OperationService } from './operation-service.ts';
import { ReadService } from './read-service.ts';
import { Refresher } from './refresh.ts';
import { AppRenderer } from './renderer.ts';
import { SyncWindowService } from './sync-window-service.ts';
import { ActionService } from './resource-actions/action-service.ts';
import { AppResources } from './resource-actions/app-resources.ts';
import { KindActions } from './resource-actions/kind-actions.ts';
import { Validation } from './validation.ts';
import { WatchService } from './watch-service.ts';
import { WriteService } from './write-service.ts';

export interface ApplicationParts {
  readonly api: KubeApi;
  readonly repoServer: RepoServer;
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly clock: Clock;
  readonly lua: LuaRunner;
  readonly clusters: DestinationClusters;
  readonly config: ApiServerConfig;
  readonly namespace: string;
  readonly stores: Stores;
  readonly settings: ServerSettings;
  readonly access: Access;
  readonly events: EventRecorder;
}

/** The application service. */
export function applicationHandlers(parts: ApplicationParts): readonly Handlers[] {
  const { api, repoServer, cache, pubSub, clock, config, namespace, stores, settings, access } = parts;
  const store = stores.applications;
  const finder = new AppFinder(store, namespace, {
    access,
    otherNamespaces: config.applicationNamespaces,
    projectOf: (name) => settings.projectOf(name),
  });
  const apps = new AppStore(api, store);
  const refresher = new Refresher(store, apps);
  const state = new AppState(cache, refresher, namespace);
  const declared = new Declared(stores.declared, settings);
  const target = new TargetClusterReader(api, () => clock.now());
  const renderer = new AppRenderer({
    repoServer,
    declared,
    target,
    settings,
    projectOf: (name) => settings.projectOf(name),
  });
  const validation = new Validation({
    projectOf: (name) => settings.projectOf(name),
    declared,
    renderer,
    namespace,
  });
  const windows = new SyncWindowService({
    projectOf: (name) => settings.projectOf(name),
    declared,
    finder,
    access,
    clock,
  });
  const resources = new AppResources({ api, clusters: parts.clusters, state, validation, settings });
  const actions = new KindActions(parts.lua, () => settings.scripts);
  const clusterNames = (claims: Claims | undefined): ClusterNames =>
    new ClusterNames(() =>
      declared.clusters.filter((one) => access.allows(claims, 'clusters', 'get', clusterObjectOf(one))),
    );
  const services = [
    new ActionService({ finder, access, resources, actions, clock }).handlers,
    new ReadService({ store, finder, access, state, refresher, clusterNames }).handlers,
    new WatchService({ store, finder, state, pubSub, clusterNames, clock }).handlers,
    new WriteService({ store, apps, finder, access, state, validation }).handlers,
    windows.handlers,
    new OperationService({ apps, finder, access, renderer, windows, settings, clock }).handlers,
    new DeleteService(apps, finder).handlers,
    new ManifestService({ finder, state, renderer, validation, settings }).handlers,
  ];
  const { events } = parts;
  return services.map((handlers) =>
    announced(handlers, { store, finder, record: (app, event) => events.record(app, event) }),
  );
}
