import type { Target } from '../config/target.ts';
import { AccountsApi } from './accounts.ts';
import { ApplicationsApi } from './applications.ts';
import { ProjectsApi } from './projects.ts';
import { ServerApi } from './server.ts';
import { createTransport, type Transport } from './transport.ts';

/** The REST API of one server. */
export interface Api {
  readonly target: Target;
  readonly transport: Transport;
  readonly applications: ApplicationsApi;
  readonly accounts: AccountsApi;
  readonly projects: ProjectsApi;
  readonly server: ServerApi;
}

export function apiOf(target: Target): Api {
  const transport = createTransport(target);
  return {
    target,
    transport,
    applications: new ApplicationsApi(transport),
    accounts: new AccountsApi(transport),
    projects: new ProjectsApi(transport),
    server: new ServerApi(transport),
  };
}
