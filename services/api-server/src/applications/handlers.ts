import type {
  Cache,
  Clock,
  Jq,
  KubeApi,
  LuaRunner,
  PubSub,
  RepoServer,
  RepositoryCatalogue,
} from '@tiphys/ports';
import type { EventRecorder } from '@tiphys/runtime/events';
import type { Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { clusterObjectOf } from '../clusters/cluster-finder.ts';
import { ClusterNames } from '../clusters/cluster-names.ts';
import type { DestinationClusters } from '../clusters/destination-clusters.ts';
import type { ApiServerConfig } from '../config.ts';
import type { DeepLinks } from '../links/deep-links.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Stores } from '../store/stores.ts';
import { announced } from './announce.ts';
import { DeleteService } from './delete-service.ts';
import { ManifestService } from './manifest-service.ts';
import { objectHandlers } from './objects/handlers.ts';
import { OperationService } from './operation-service.ts';
import { ReadService } from './read-service.ts';
import { RevisionService } from './revisions/revision-service.ts';
import { ServerSideDiffService } from './server-side-diff/server-side-diff-service.ts';
import { SyncWindowService } from './sync-window-service.ts';
import { ActionService } from './resource-actions/action-service.ts';
import { KindActions } from './resource-actions/kind-actions.ts';
import { wireApplications } from './wiring.ts';
import { WatchService } from './watch-service.ts';
import { WriteService } from './write-service.ts';

export interface ApplicationParts {
  readonly api: KubeApi;
  readonly repoServer: RepoServer & RepositoryCatalogue;
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly clock: Clock;
  readonly lua: LuaRunner;
  readonly jq: Jq;
  readonly clusters: DestinationClusters;
  readonly config: ApiServerConfig;
  readonly namespace: string;
  readonly stores: Stores;
  readonly settings: ServerSettings;
  readonly access: Access;
  readonly events: EventRecorder;
  readonly links: DeepLinks;
}

/** The application service. */
export function applicationHandlers(parts: ApplicationParts): readonly Handlers[] {
  const { pubSub, clock, settings, access } = parts;
  const wiring = wireApplications(parts);
  const { store, finder, apps, refresher, state, declared, renderer, validation, resources } = wiring;
  const windows = new SyncWindowService({
    projectOf: (name) => settings.projectOf(name),
    declared,
    finder,
    access,
    clock,
  });
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
    new RevisionService({ finder, renderer }).handlers,
    new ServerSideDiffService({ finder, state, resources, settings, jq: parts.jq }).handlers,
    ...objectHandlers({ ...parts, finder, state, resources }),
  ];
  const { events } = parts;
  return services.map((handlers) =>
    announced(handlers, { store, finder, record: (app, event) => events.record(app, event) }),
  );
}
