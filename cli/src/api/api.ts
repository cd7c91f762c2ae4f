import type { Target } from '../config/target.ts';
import { ApplicationsApi } from './applications.ts';
import { ServerApi } from './server.ts';
import { createTransport, type Transport } from './transport.ts';

/** The REST API of one server. */
export interface Api {
  readonly target: Target;
  readonly transport: Transport;
  readonly applications: ApplicationsApi;
  readonly server: ServerApi;
}

export function apiOf(target: Target): Api {
  const transport = createTransport(target);
  return {
    target,
    transport,
    applications: new ApplicationsApi(transport),
    server: new ServerApi(transport),
  };
}
