import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '@tiphys/ports';
import { tokenFileAuthorization } from './auth.ts';
import type { KubeLogin } from './kubeconfig.ts';

/** Where the kubelet mounts the account of a pod. */
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The login of a pod, or undefined outside of one: env of the service `kubernetes` and the mounted token. */
export function inClusterLogin(
  clock: Clock,
  env: Readonly<Record<string, string | undefined>>,
  folder = FOLDER,
): KubeLogin | undefined {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  const token = join(folder, 'token');
  if (host === undefined || host === '' || port === undefined || port === '' || !existsSync(token))
    return undefined;
  const ca = readIfThere(join(folder, 'ca.crt'));
  return {
    connection: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      tls: ca === undefined ? {} : { ca },
      authorizer: tokenFileAuthorization(token, clock),
    },
    namespace: readIfThere(join(folder, 'namespace'))?.trim() || 'default',
    source: 'service account',
  };
}

const readIfThere = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;
