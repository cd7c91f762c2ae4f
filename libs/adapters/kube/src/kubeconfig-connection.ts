import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Clock } from '@tiphys/ports';
import { TiphysError } from '@tiphys/model';
import { basicAuthorization, bearerAuthorization, noAuthorization, tokenFileAuthorization } from './auth.ts';
import type { Authorizer } from './auth.ts';
import type { KubeConnection, TlsSettings } from './connection.ts';
import type { Kubeconfig, Located } from './kubeconfig-read.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig-schema.ts';

export interface ContextRequest {
  readonly config: Kubeconfig;
  readonly contextName: string;
  readonly clock: Clock;
  /** File and context, for messages. */
  readonly source: string;
}

const NOBODY: Located<KubeconfigUser> = { value: {}, folder: '.' };

/** The connection of a context; relative paths belong to the folder of the file that names them. */
export async function connectionOf(request: ContextRequest): Promise<KubeConnection> {
  const { config, contextName, source } = request;
  const context = config.contexts.get(contextName)?.value;
  const cluster = config.clusters.get(context?.cluster ?? '');
  if (cluster === undefined)
    throw new TiphysError('invalid', `kubeconfig ${source}: its cluster is not defined`);
  const user = context?.user === '' ? NOBODY : config.users.get(context?.user ?? '');
  if (user === undefined) throw new TiphysError('invalid', `kubeconfig ${source}: its user is not defined`);
  const login = await loginOf(user, cluster, request);
  const { server, 'proxy-url': proxyUrl, 'disable-compression': disableCompression } = cluster.value;
  return {
    server: server.replace(/\/+$/, ''),
    tls: { ...tlsOf(cluster), ...login.certificate },
    authorizer: login.authorizer,
    ...(proxyUrl === undefined || proxyUrl === '' ? {} : { proxyUrl }),
    ...(disableCompression === undefined ? {} : { disableCompression }),
  };
}

interface Login {
  readonly certificate: Pick<TlsSettings, 'cert' | 'key'>;
  readonly authorizer: Authorizer;
}

/**
 * Legacy plugins (`auth-provider`) are run by the Kubernetes client library, which costs 85 MB of resident memory and 0.4 s to load
 * (126 MB against 42 MB, version 2.0.1 on Node 24.21); so it is loaded only for users that name a plugin, and the
 * other kinds of kubeconfig, which cost 5 MB, are read by us.
 */
async function loginOf(
  user: Located<KubeconfigUser>,
  cluster: Located<KubeconfigCluster>,
  { clock, source }: ContextRequest,
): Promise<Login> {
  if (user.value.exec !== undefined && user.value.exec !== null) {
    const { execLogin } = await import('./kubeconfig-exec.ts');
    const { exec } = user.value;
    return execLogin({ exec, cluster: cluster.value, folder: user.folder, source }, clock);
  }
  if (user.value['auth-provider'] !== undefined) {
    const { pluginLogin } = await import('./kubeconfig-plugin.ts');
    return pluginLogin({ user: user.value, cluster: cluster.value, clock, source });
  }
  return { certificate: certificateOf(user), authorizer: authorizerOf(user, clock) };
}

/** In the order of kubectl: a token file wins over a token, a token over a password. */
function authorizerOf({ value, folder }: Located<KubeconfigUser>, clock: Clock): Authorizer {
  const { tokenFile, token, username, password } = value;
  if (tokenFile !== undefined && tokenFile !== '')
    return tokenFileAuthorization(resolve(folder, tokenFile), clock);
  if (token !== undefined && token !== '') return bearerAuthorization(token);
  if (username !== undefined && username !== '') return basicAuthorization(username, password ?? '');
  return noAuthorization;
}

function certificateOf({ value, folder }: Located<KubeconfigUser>): Pick<TlsSettings, 'cert' | 'key'> {
  const cert = pem(value['client-certificate-data'], value['client-certificate'], folder);
  const key = pem(value['client-key-data'], value['client-key'], folder);
  return { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
}

function tlsOf({ value, folder }: Located<KubeconfigCluster>): TlsSettings {
  const insecure = value['insecure-skip-tls-verify'] === true;
  const ca = pem(value['certificate-authority-data'], value['certificate-authority'], folder);
  const serverName = value['tls-server-name'];
  return {
    insecure,
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined || serverName === '' ? {} : { serverName }),
  };
}

/** Inline data, in base64, wins over a file. */
function pem(data: string | undefined, file: string | undefined, folder: string): string | undefined {
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64').toString('utf8');
  if (file === undefined || file === '') return undefined;
  const path = resolve(folder, file);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TiphysError('not-found', `cannot read ${path}, which the kubeconfig names`, { cause });
  }
}
