import type { Target } from '../config/target.ts';
import { AccountsApi } from './accounts.ts';
import { ApplicationSetsApi } from './application-sets.ts';
import { ApplicationsApi } from './applications.ts';
import { ObjectsApi } from './objects.ts';
import { ProjectsApi } from './projects.ts';
import { DeclaredApi } from './declared.ts';
import {
  certificateSchema,
  clusterSchema,
  credentialsSchema,
  gpgKeySchema,
  repositorySchema,
} from './schemas/declared.ts';
import { ServerApi } from './server.ts';
import { createTransport, type Transport } from './transport.ts';

/** The REST API of one server. */
export interface Api {
  readonly target: Target;
  readonly transport: Transport;
  readonly applications: ApplicationsApi;
  readonly applicationSets: ApplicationSetsApi;
  readonly objects: ObjectsApi;
  readonly accounts: AccountsApi;
  readonly projects: ProjectsApi;
  readonly server: ServerApi;
  readonly repositories: DeclaredApi<typeof repositorySchema>;
  readonly credentials: DeclaredApi<typeof credentialsSchema>;
  readonly certificates: DeclaredApi<typeof certificateSchema>;
  readonly gpgKeys: DeclaredApi<typeof gpgKeySchema>;
  readonly clusters: DeclaredApi<typeof clusterSchema>;
}

export function apiOf(target: Target): Api {
  const transport = createTransport(target);
  return {
    target,
    transport,
    applications: new ApplicationsApi(transport),
    applicationSets: new ApplicationSetsApi(transport),
    objects: new ObjectsApi(transport),
    accounts: new AccountsApi(transport),
    projects: new ProjectsApi(transport),
    server: new ServerApi(transport),
    repositories: new DeclaredApi(transport, '/api/v1/repositories', repositorySchema),
    credentials: new DeclaredApi(transport, '/api/v1/repocreds', credentialsSchema),
    certificates: new DeclaredApi(transport, '/api/v1/certificates', certificateSchema),
    gpgKeys: new DeclaredApi(transport, '/api/v1/gpgkeys', gpgKeySchema),
    clusters: new DeclaredApi(transport, '/api/v1/clusters', clusterSchema),
  };
}
