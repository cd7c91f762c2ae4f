import { KubeConfig } from '@kubernetes/client-node';
import type { Cluster, User } from '@kubernetes/client-node';
import type { RequestOptions } from 'node:https';
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
 * The login of a kubeconfig user with `exec` or `auth-provider`. The file is the operator's own, so the plugin runs
 * with the environment of this process, as it does under kubectl. Errors: `unauthenticated` naming the file.
 */
export async function pluginLogin(request: PluginUser): Promise<PluginLogin> {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [libraryCluster(request.cluster)],
    users: [libraryUser(request.user)],
    contexts: [{ name: 'plugin', cluster: 'plugin', user: 'plugin' }],
    currentContext: 'plugin',
  });
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

const libraryCluster = ({ server }: KubeconfigCluster): Cluster => ({
  name: 'plugin',
  server,
  skipTLSVerify: false,
});

const libraryUser = (user: KubeconfigUser): User => ({
  name: 'plugin',
  exec: user.exec,
  authProvider: user['auth-provider'],
});

async function credentials(config: KubeConfig, source: string): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new TiphysError(
      'unauthenticated',
      `the plugin of kubeconfig ${source} failed: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
  return options;
}

function bearer(options: RequestOptions): string | undefined {
  const header = (options.headers as Record<string, string> | undefined)?.['Authorization'];
  return header?.replace(/^Bearer /, '');
}
