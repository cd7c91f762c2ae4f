import { IN_CLUSTER_SERVER } from '@tiphys/model';
import type { Clock, ClusterConfig, ClusterConnector, ClusterCredentials } from '@tiphys/ports';
import { basicAuthorization, bearerAuthorization, cachedAuthorization, noAuthorization } from './auth.ts';
import type { Authorizer } from './auth.ts';
import type { KubeConnection, TlsSettings } from './connection.ts';
import { runExecProvider } from './exec-credential.ts';
import type { ExecPolicy, ExecProvider } from './exec-credential.ts';
import { makeKubeApi } from './kube-api.ts';
import type { KubeApiOptions } from './kube-api.ts';

export interface ConnectorOptions extends ExecPolicy {
  readonly clock: Clock;
  /** The login of this process, which stands for `https://kubernetes.default.svc` (see `loadKubeconfig`). */
  readonly own: KubeConnection;
  /** For every client that is made. */
  readonly api?: Omit<KubeApiOptions, 'clock'>;
}

/**
 * Makes clients for destinations. `connect` opens no connection; it fails with `invalid` for TLS settings that make
 * no sense and, where a credential plugin is named, as `runExecProvider` does.
 */
export function makeClusterConnector(options: ConnectorOptions): ClusterConnector {
  return {
    async connect(config) {
      const connection = isOwn(config)
        ? ownConnection(config, options.own)
        : await connectionTo(config, options);
      return makeKubeApi(connection, { ...options.api, clock: options.clock });
    },
  };
}

/** The cluster of this process, unless its secret brings a login of its own. */
function isOwn({ server, credentials }: ClusterConfig): boolean {
  const { username, password, bearerToken } = credentials;
  return server === IN_CLUSTER_SERVER && !username && !password && !bearerToken;
}

/** Requests go to the address that this process knows; the client keeps the name that the cluster is known by. */
const ownConnection = (config: ClusterConfig, own: KubeConnection): KubeConnection => ({
  ...own,
  knownAs: config.server,
});

async function connectionTo(config: ClusterConfig, options: ConnectorOptions): Promise<KubeConnection> {
  const { credentials, server } = config;
  const { proxyUrl, disableCompression, execProviderConfig } = credentials;
  const login =
    execProviderConfig === undefined
      ? { authorizer: authorizerOf(credentials), tls: {} }
      : await pluginLogin(config, execProviderConfig, options);
  return {
    server,
    tls: { ...tlsOf(credentials), ...login.tls },
    authorizer: login.authorizer,
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(disableCompression === undefined ? {} : { disableCompression }),
  };
}

function authorizerOf({ bearerToken, username, password }: ClusterCredentials): Authorizer {
  if (bearerToken !== undefined) return bearerAuthorization(bearerToken);
  if (username !== undefined) return basicAuthorization(username, password ?? '');
  return noAuthorization;
}

function tlsOf({ tlsClientConfig = {} }: ClusterCredentials): TlsSettings {
  const { insecure, serverName, certData, keyData, caData } = tlsClientConfig;
  return {
    ...(insecure === undefined ? {} : { insecure }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(caData === undefined ? {} : { ca: caData }),
    ...(certData === undefined ? {} : { cert: certData }),
    ...(keyData === undefined ? {} : { key: keyData }),
  };
}

/** A token is renewed when it ends; a client certificate lasts as long as the client. */
async function pluginLogin(
  config: ClusterConfig,
  provider: ExecProvider,
  options: ConnectorOptions,
): Promise<{ readonly authorizer: Authorizer; readonly tls: Pick<TlsSettings, 'cert' | 'key'> }> {
  const first = await runExecProvider(config, provider, options);
  const { token, clientCertificateData: cert, clientKeyData: key, expiresAt } = first;
  const fetchToken = async () => {
    const next = await runExecProvider(config, provider, options);
    return { token: next.token ?? '', expiresAt: next.expiresAt };
  };
  return {
    authorizer:
      token === undefined
        ? noAuthorization
        : cachedAuthorization(options.clock, fetchToken, { token, expiresAt }),
    tls: { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
  };
}
