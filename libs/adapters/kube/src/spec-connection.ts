import { noAuthorization } from './auth.ts';
import type { KubeConnection } from './connection.ts';

/** The administrator's connection of a test cluster. */
export function connectionOfEnv(access: {
  readonly apiUrl: string;
  readonly caPem: string;
  readonly certPem?: string;
  readonly keyPem?: string;
}): KubeConnection {
  const { apiUrl: server, caPem: ca, certPem, keyPem } = access;
  const identity = certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem };
  return { server, tls: { ca, ...identity }, authorizer: noAuthorization };
}
