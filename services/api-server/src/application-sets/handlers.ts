import type { GoRuntime, KubeApi, RepositoryTrees } from '@tiphys/ports';
import type { Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { ApiServerConfig } from '../config.ts';
import type { EventLog } from '../events/event-log.ts';
import { Declared } from '../repositories/declared.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Stores } from '../store/stores.ts';
import { AppSetFinder } from './appset-finder.ts';
import { AppSetStore } from './appset-store.ts';
import { Preview } from './preview.ts';
import { ReadService } from './read-service.ts';
import { WatchService } from './watch-service.ts';
import { WriteService } from './write-service.ts';

export interface ApplicationSetParts {
  readonly api: KubeApi;
  readonly repoServer: RepositoryTrees;
  readonly go: GoRuntime;
  readonly config: ApiServerConfig;
  readonly namespace: string;
  readonly stores: Stores;
  readonly settings: ServerSettings;
  readonly access: Access;
  readonly events: EventLog;
}

/** The ApplicationSet service. */
export function applicationSetHandlers(parts: ApplicationSetParts): readonly Handlers[] {
  const { api, stores, settings, access, namespace, config, events } = parts;
  const store = stores.applicationSets;
  const finder = new AppSetFinder({
    store,
    access,
    namespace,
    otherNamespaces: config.applicationNamespaces,
    projects: () => projectNames(stores),
  });
  const preview = new Preview({
    ...parts,
    finder,
    settings,
    declared: new Declared(stores.declared, settings),
    secrets: stores.declared,
    doublestar: config.appsetEnableNewGitFileGlobbing,
  });
  return [
    new ReadService({ store, finder, events }).handlers,
    new WatchService(store, finder).handlers,
    new WriteService({ appsets: new AppSetStore(api, store), finder, preview, events }).handlers,
  ];
}

function* projectNames({ projects }: Stores): Generator<string> {
  for (const { metadata } of projects.values()) yield metadata.name ?? '';
}
