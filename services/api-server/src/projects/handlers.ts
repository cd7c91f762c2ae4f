import type { Application } from '@tiphys/model';
import type { Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import { Declared } from '../repositories/declared.ts';
import type { EventLog } from '../events/event-log.ts';
import type { DeepLinks } from '../links/deep-links.ts';
import type { Renewal } from '../session/renewal.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Stores } from '../store/stores.ts';
import type { DestinationOf } from './consequences.ts';
import { ProjectService } from './project-service.ts';
import type { ProjectStore } from './project-store.ts';
import { ProjectWriteService } from './project-write-service.ts';
import { TokenService } from './token-service.ts';

export interface ProjectParts {
  readonly projects: ProjectStore;
  readonly stores: Stores;
  readonly settings: ServerSettings;
  readonly access: Access;
  readonly renewal: Renewal;
  readonly events: EventLog;
  readonly links: DeepLinks;
}

/** The project service. */
export function projectHandlers(parts: ProjectParts): readonly Handlers[] {
  const declared = new Declared(parts.stores.declared, parts.settings);
  return [
    new ProjectService({ ...parts, declared }).handlers,
    new ProjectWriteService({
      ...parts,
      applications: () => parts.stores.applications.values(),
      destinationOf: destinationsBy(declared),
    }).handlers,
    new TokenService(parts).handlers,
  ];
}

const destinationsBy =
  (declared: Declared): DestinationOf =>
  ({ spec }: Application) => {
    const { server = '', name = '', namespace = '' } = spec.destination;
    const known = declared.clusters.find((cluster) =>
      server === '' ? cluster.name === name : cluster.server === server,
    );
    return {
      server: known?.server ?? server,
      name: known?.name ?? name,
      clusterProject: known?.project ?? '',
      namespace,
    };
  };
