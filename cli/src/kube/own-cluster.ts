import { readFile } from 'node:fs/promises';
import type { KubeConnection, KubeLogin } from '@tiphys/adapter-kube';
import { isTiphysError } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { exitCodes, Failure } from '../program/failure.ts';
import type { Invocation } from '../program/invocation.ts';
import { secondsOf } from '../commands/lifetime.ts';
import { clock } from './clock.ts';
import type { KubeValues } from './flags.ts';

/** The cluster that the control plane runs in, by the kubeconfig of the user; with the namespace of the control plane. */
export interface OwnCluster extends KubeLogin {
  readonly api: KubeApi;
}

/**
 * Opens the cluster for the time of `use`. The namespace is that of the flag, else of the context. Errors:
 * `Failure` where there is no kubeconfig or a flag makes no sense, else those of the API server.
 */
export async function withCluster<T>(
  { env }: Pick<Invocation, 'env'>,
  flags: KubeValues,
  use: (cluster: OwnCluster) => Promise<T>,
): Promise<T> {
  const { makeKubeApi } = await import('@tiphys/adapter-kube');
  const login = await loginOf(flags, env);
  const connection = await overridden(login.connection, flags);
  const timeout = flags['request-timeout'];
  const deadlineMs = timeout === '0' ? 0 : secondsOf(timeout, 'request-timeout') * 1_000;
  const api = await makeKubeApi(connection, {
    clock,
    userAgent: 'tiphys-cli',
    ...(deadlineMs === 0 ? {} : { deadlineMs }),
  });
  try {
    return await use({ ...login, connection, api });
  } finally {
    await api.close();
  }
}

/** A given address needs no kubeconfig. */
async function loginOf(flags: KubeValues, env: Invocation['env']): Promise<KubeLogin> {
  const { loadKubeconfig, noAuthorization } = await import('@tiphys/adapter-kube');
  const { kubeconfig, context, cluster, user, server = '' } = flags;
  try {
    const login = await loadKubeconfig({
      clock,
      env,
      ...(kubeconfig === undefined ? {} : { path: kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(cluster === undefined ? {} : { cluster }),
      ...(user === undefined ? {} : { user }),
    });
    return { ...login, namespace: flags.namespace ?? login.namespace };
  } catch (cause) {
    if (!(isTiphysError(cause) && ['not-found', 'invalid'].includes(cause.code))) throw cause;
    if (kubeconfig === undefined && server !== '' && cause.code === 'not-found')
      return {
        connection: { server, tls: {}, authorizer: noAuthorization },
        namespace: flags.namespace ?? 'default',
        source: 'flags',
      };
    throw new Failure(cause.message, { exitCode: exitCodes.general, cause });
  }
}

async function overridden(connection: KubeConnection, flags: KubeValues): Promise<KubeConnection> {
  const { basicAuthorization, bearerAuthorization } = await import('@tiphys/adapter-kube');
  const { token, username, password = '', as, server } = flags;
  const authorizer =
    token !== undefined
      ? bearerAuthorization(token)
      : username !== undefined
        ? basicAuthorization(username, password)
        : connection.authorizer;
  const proxyUrl = flags['proxy-url'] ?? connection.proxyUrl;
  const uid = flags['as-uid'];
  const groups = flags['as-group'];
  return {
    ...connection,
    ...(server === undefined ? {} : { server: server.replace(/\/+$/, '') }),
    tls: await tlsOf(connection, flags),
    authorizer,
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(flags['disable-compression'] ? { disableCompression: true } : {}),
    ...(as === undefined
      ? {}
      : {
          impersonate: {
            user: as,
            ...(groups.length === 0 ? {} : { groups }),
            ...(uid === undefined ? {} : { uid }),
          },
        }),
  };
}

async function tlsOf({ tls }: KubeConnection, flags: KubeValues): Promise<KubeConnection['tls']> {
  const pem = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : await readPem(path);
  const ca = (await pem(flags['certificate-authority'])) ?? tls.ca;
  const cert = (await pem(flags['client-certificate'])) ?? tls.cert;
  const key = (await pem(flags['client-key'])) ?? tls.key;
  const serverName = flags['tls-server-name'] ?? tls.serverName;
  return {
    insecure: flags['insecure-skip-tls-verify'] || tls.insecure === true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

const readPem = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Failure(`The file ${path} cannot be read.`, { exitCode: exitCodes.general, cause });
  });
