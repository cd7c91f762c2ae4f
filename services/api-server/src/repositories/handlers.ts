import type { Cache, Clock, KubeApi, RepoServer, RepositoryCatalogue } from '@tiphys/ports';
import type { Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { DeclaredSecrets } from '../store/declared-secrets.ts';
import type { Stores } from '../store/stores.ts';
import { Connection } from './connection.ts';
import { ContentsService } from './contents-service.ts';
import { CredentialService } from './credential-service.ts';
import { CredentialStore } from './credential-store.ts';
import { Declared } from './declared.ts';
import { repositoryKinds } from './kinds.ts';
import type { RepositoryKind } from './kinds.ts';
import { RepositoryFinder } from './repository-finder.ts';
import { RepositoryService } from './repository-service.ts';
import { RepositoryStore } from './repository-store.ts';

export interface RepositoryParts {
  readonly api: KubeApi;
  readonly repoServer: RepoServer & RepositoryCatalogue;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly namespace: string;
  readonly stores: Stores;
  readonly settings: ServerSettings;
  readonly access: Access;
}

/** The repository and credential services. */
export function repositoryHandlers(parts: RepositoryParts): readonly Handlers[] {
  const secrets = new DeclaredSecrets(parts.api, parts.stores.declared, parts.namespace);
  const ofKind = (kind: RepositoryKind): readonly Handlers[] => {
    const store = new RepositoryStore(secrets, kind);
    const credentials = new CredentialStore(secrets, kind);
    const connection = new Connection({ ...parts, credentials, resource: kind.resource });
    const { access } = parts;
    return [
      new RepositoryService({ kind, store, credentials, connection, access }).handlers,
      new CredentialService({ kind, credentials, access }).handlers,
    ];
  };
  return [...Object.values(repositoryKinds).flatMap(ofKind), contents(parts, secrets).handlers];
}

function contents(parts: RepositoryParts, secrets: DeclaredSecrets): ContentsService {
  const { stores, settings, namespace, access } = parts;
  const kind = repositoryKinds.read;
  const store = new RepositoryStore(secrets, kind);
  const credentials = new CredentialStore(secrets, kind);
  return new ContentsService({
    repoServer: parts.repoServer,
    finder: new RepositoryFinder({ store, kind, access }),
    connection: new Connection({ ...parts, credentials, resource: kind.resource }),
    declared: new Declared(stores.declared, settings),
    settings,
    access,
    appOf: (name) => stores.applications.find(name.includes('/') ? name : `${namespace}/${name}`),
  });
}
