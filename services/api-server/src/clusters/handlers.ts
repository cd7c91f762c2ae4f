import type { Cache, Clock, ClusterConnector, KubeApi } from '@tiphys/ports';
import type { Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { DeclaredSecrets } from '../store/declared-secrets.ts';
import type { Stores } from '../store/stores.ts';
import { ClusterInfo } from './cluster-info.ts';
import { ClusterService } from './cluster-service.ts';
import { ClusterStore } from './cluster-store.ts';

export interface ClusterParts {
  readonly api: KubeApi;
  readonly connector: ClusterConnector;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly namespace: string;
  readonly stores: Stores;
  readonly settings: ServerSettings;
  readonly access: Access;
}

/** The cluster service. */
export function clusterHandlers(parts: ClusterParts): Handlers {
  const { api, stores, namespace, settings, access, clock } = parts;
  const store = new ClusterStore(new DeclaredSecrets(api, stores.declared, namespace), settings);
  const info = new ClusterInfo({
    ...parts,
    applicationsAt: (server, name) =>
      [...stores.applications.values()].filter(
        ({ spec: { destination } }) => destination.server === server || destination.name === name,
      ).length,
  });
  return new ClusterService({ store, info, access, clock }).handlers;
}
