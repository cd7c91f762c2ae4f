import { messageOf } from '@tiphys/model';
import type { Target } from '../config/target.ts';
import type { Endings } from '../program/endings.ts';
import type { Env } from '../program/globals.ts';
import type { Globals } from '../program/global-flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { forwardTo, openCluster } from './cluster.ts';
import { componentsOf } from './components.ts';
import { startLocalServer } from './local-server.ts';
import { readMaterials } from './materials.ts';
import { serverProgram } from './program.ts';

export interface WayOptions {
  readonly globals: Globals;
  readonly env: Env;
  readonly err: Terminal;
  readonly endings: Endings;
}

/**
 * A server of this user's own that works with nothing but the kubeconfig. What it asks of the repo-server and of Redis
 * goes to their pods by port-forward, opened when it is needed. All of it ends with the command.
 */
export async function coreTarget({ globals, env, err, endings }: WayOptions): Promise<Target> {
  const program = serverProgram(env);
  const cluster = await openCluster(globals, env);
  endings.add(() => cluster.api.close());
  const { namespace } = cluster;
  const { repoServer, redis } = componentsOf(globals);
  const forward = async (component: typeof redis, what: string): Promise<string> => {
    const listener = await forwardTo(cluster, component, {
      namespace,
      onFailure: onceTold(err, what),
    });
    endings.add(() => listener.close());
    return `127.0.0.1:${String(listener.port)}`;
  };
  const [materials, repoAddress, redisAddress] = await Promise.all([
    readMaterials(cluster.api, namespace),
    forward(repoServer, 'the repo-server'),
    forward(redis, ''),
  ]);
  endings.add(() => materials.remove());
  const context = globals['kube-context'];
  const server = await startLocalServer({
    program,
    env,
    secrets: materials.redisPassword === undefined ? {} : { REDIS_PASSWORD: materials.redisPassword },
    flags: [
      ...['--namespace', namespace, '--loglevel', 'info'],
      ...['--repo-server', repoAddress, '--redis', redisAddress],
      ...(context === undefined ? [] : ['--kube-context', context]),
      ...materials.flags,
    ],
  });
  endings.add(() => server.stop());
  return {
    server: `127.0.0.1:${String(server.port)}`,
    plaintext: true,
    rootPath: '',
    token: server.token,
    insecure: false,
    headers: {},
    retries: globals['http-retry-max'],
    origin: `the local server for ${cluster.source}`,
  };
}

/** Redis is a cache: that it is away is no news. What else cannot be reached is told once. */
function onceTold(err: Terminal, what: string): (error: unknown) => void {
  let isTold = what === '';
  return (error) => {
    if (isTold) return;
    isTold = true;
    err.line(`Warning: ${what} cannot be reached: ${messageOf(error)}`);
  };
}
