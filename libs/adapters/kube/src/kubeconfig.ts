import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from '@tiphys/ports';
import { TiphysError } from '@tiphys/model';
import type { KubeConnection } from './connection.ts';
import { connectionOf } from './kubeconfig-connection.ts';
import { readKubeconfigs } from './kubeconfig-read.ts';
import { inClusterLogin } from './service-account.ts';

/** Where this process logs in as itself. */
export interface KubeLogin {
  readonly connection: KubeConnection;
  /** Namespace of the context or of the pod; `default` where none is named. */
  readonly namespace: string;
  /** File and context, or `service account`: for messages. */
  readonly source: string;
}

export interface KubeconfigOptions {
  readonly clock: Clock;
  /** A file to read; nothing else is looked at. */
  readonly path?: string;
  /** A context other than the current one. */
  readonly context?: string;
  /** A cluster of the file other than that of the context. */
  readonly cluster?: string;
  /** A user of the file other than that of the context. */
  readonly user?: string;
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the cluster of this process: the given path, else `KUBECONFIG` (several files are merged, the first to name
 * a thing wins), else the pod's service account, else `~/.kube/config`. Token files are read again when they change.
 * Errors: `not-found` where there is none of these, `invalid` naming the file and what is wrong with it.
 */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<KubeLogin> {
  const env = options.env ?? process.env;
  const paths = options.path === undefined ? pathsOf(env['KUBECONFIG']) : [options.path];
  if (paths.length > 0) return fromFiles(paths, options);
  const inCluster = inClusterLogin(options.clock, env);
  if (inCluster !== undefined) return inCluster;
  const home = join(env['HOME'] ?? homedir(), '.kube', 'config');
  if (existsSync(home)) return fromFiles([home], options);
  throw new TiphysError(
    'not-found',
    `no cluster is configured: set KUBECONFIG, run in a pod with a service account, or write ${home}`,
  );
}

const pathsOf = (value: string | undefined): string[] =>
  (value ?? '').split(delimiter).filter((path) => path !== '');

async function fromFiles(
  paths: readonly string[],
  { clock, context: wanted, cluster, user }: KubeconfigOptions,
): Promise<KubeLogin> {
  const config = readKubeconfigs(paths, (path) => readFileSync(path, 'utf8'));
  const name = wanted ?? config.currentContext;
  const source = `${paths.join(delimiter)}, context ${name}`;
  const context = config.contexts.get(name);
  if (context === undefined)
    throw new TiphysError('invalid', `kubeconfig ${source}: there is no such context`);
  const value = { ...context.value, ...(cluster ? { cluster } : {}), ...(user ? { user } : {}) };
  const contexts = new Map([...config.contexts, [name, { ...context, value }]]);
  return {
    connection: await connectionOf({ config: { ...config, contexts }, contextName: name, clock, source }),
    namespace: context.value.namespace || 'default',
    source,
  };
}
