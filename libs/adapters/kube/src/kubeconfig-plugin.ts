import type { RequestOptions } from 'node:https';
import type * as ClientNode from '@kubernetes/client-node';
import type { Clock } from '@tiphys/ports';
import { TiphysError, messageOf } from '@tiphys/model';
import { cachedAuthorization, noAuthorization } from './auth.ts';
import type { Authorizer } from './auth.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig-schema.ts';

export interface PluginUser {
  readonly user: KubeconfigUser;
  readonly cluster: KubeconfigCluster;
  readonly clock: Clock;
  /** File and context, for messages. */
  readonly source: string;
}

export interface PluginLogin {
  readonly certificate: { readonly cert?: string; readonly key?: string };
  readonly authorizer: Authorizer;
}

/** The library keeps a credential until it expires, so asking it this often costs nothing. */
const ASK_AGAIN_MS = 10_000;

/**
 * The login of a kubeconfig user with `auth-provider`. The file is the operator's own, so the plugin runs
 * with the environment of this process, as it does under kubectl. Errors: `unauthenticated` naming the file,
 * `failed-precondition` where the library is not installed.
 */
export async function pluginLogin(request: PluginUser): Promise<PluginLogin> {
  const config = await libraryConfig(request);
  const first = await credentials(config, request.source);
  const token = bearer(first);
  const authorizer = cachedAuthorization(request.clock, async () => ({
    token: bearer(await credentials(config, request.source)) ?? '',
    expiresAt: request.clock.now() + ASK_AGAIN_MS,
  }));
  return {
    certificate: {
      ...(typeof first.cert === 'string' ? { cert: first.cert } : {}),
      ...(typeof first.key === 'string' ? { key: first.key } : {}),
    },
    authorizer: token === undefined ? noAuthorization : authorizer,
  };
}

/**
 * The library is looked up when it is needed, by an address that a bundler does not follow: within the one file of a
 * service it would cost every process 16 MB, used or not (86 MB against 70 MB).
 */
async function libraryConfig({ user, cluster, source }: PluginUser): Promise<ClientNode.KubeConfig> {
  const config = new (await loadLibrary(source)).KubeConfig();
  const libraryCluster: ClientNode.Cluster = { name: 'plugin', server: cluster.server, skipTLSVerify: false };
  const libraryUser: ClientNode.User = {
    name: 'plugin',
    authProvider: user['auth-provider'],
  };
  config.loadFromOptions({
    clusters: [libraryCluster],
    users: [libraryUser],
    contexts: [{ name: 'plugin', cluster: 'plugin', user: 'plugin' }],
    currentContext: 'plugin',
  });
  return config;
}

async function loadLibrary(source: string): Promise<typeof ClientNode> {
  try {
    const address = import.meta.resolve('@kubernetes/client-node');
    return (await import(address)) as typeof ClientNode;
  } catch (cause) {
    throw new TiphysError(
      'failed-precondition',
      `kubeconfig ${source} logs in by a plugin, which needs the package @kubernetes/client-node; install it or use a token`,
      { cause },
    );
  }
}

async function credentials(config: ClientNode.KubeConfig, source: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    const why = `the plugin of kubeconfig ${source} failed: ${messageOf(cause)}`;
    throw new TiphysError('unauthenticated', why, { cause });
  }
  return options;
}

function bearer(options: RequestOptions): string | undefined {
  const header = (options.headers as Record<string, string> | undefined)?.['Authorization'];
  return header?.replace(/^Bearer /, '');
}
