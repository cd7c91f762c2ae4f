import type { Clock, KubeApi } from '@tiphys/ports';
import type { Handlers } from '../../api/handlers.ts';
import type { Access } from '../../auth/access.ts';
import type { DestinationClusters } from '../../clusters/destination-clusters.ts';
import type { DeepLinks } from '../../links/deep-links.ts';
import type { ServerSettings } from '../../settings/server-settings.ts';
import type { AppState } from '../app-state.ts';
import type { AppFinder } from '../finder.ts';
import type { AppResources } from '../resource-actions/app-resources.ts';
import { EventService } from './event-service.ts';
import { LinkService } from './link-service.ts';
import { PodLogService } from './logs/pod-log-service.ts';
import { ObjectDoor } from './object-door.ts';
import { ObjectService } from './object-service.ts';

export interface ObjectParts {
  readonly api: KubeApi;
  readonly finder: AppFinder;
  readonly access: Access;
  readonly state: AppState;
  readonly resources: AppResources;
  readonly clusters: DestinationClusters;
  readonly links: DeepLinks;
  readonly settings: ServerSettings;
  readonly clock: Clock;
}

/** The part of the application service that is about single live objects. */
export function objectHandlers(parts: ObjectParts): readonly Handlers[] {
  const door = new ObjectDoor(parts);
  return [
    new ObjectService(door, parts.settings).handlers,
    new EventService(parts).handlers,
    new LinkService({ ...parts, door }).handlers,
    new PodLogService(parts).handlers,
  ];
}
