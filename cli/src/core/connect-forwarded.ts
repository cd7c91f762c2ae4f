import { findRunningPod } from '@tiphys/adapter-kube';
import { messageOf } from '@tiphys/model';
import type { Target } from '../config/target.ts';
import { exitCodes, Failure } from '../program/failure.ts';
import { forwardTo, openCluster } from './cluster.ts';
import { componentsOf } from './components.ts';
import type { WayOptions } from './connect-core.ts';

/**
 * The same server, reached by a port-forward to one of its pods. Its certificate is not looked at: it is made out for
 * another name, and the API server of the cluster vouches for the pod.
 */
export async function forwardedTarget(target: Target, options: WayOptions): Promise<Target> {
  const { globals, env, err, endings } = options;
  const cluster = await openCluster(globals, env);
  endings.add(() => cluster.api.close());
  const { server } = componentsOf(globals);
  const given = globals['port-forward-namespace'] ?? '';
  const namespace = given === '' ? cluster.namespace : given;
  await findRunningPod(cluster.api, { namespace, names: server.names }).catch((cause: unknown) => {
    throw new Failure(`The server cannot be reached by port-forward: ${messageOf(cause)}`, {
      exitCode: exitCodes.general,
      hints: ['--port-forward-namespace says where it runs, --server-name what its pods are called.'],
      cause,
    });
  });
  const listener = await forwardTo(cluster, server, {
    namespace,
    onFailure: (error) => {
      err.line(`Warning: the server cannot be reached: ${messageOf(error)}`);
    },
  });
  endings.add(() => listener.close());
  return {
    ...target,
    server: `127.0.0.1:${String(listener.port)}`,
    insecure: true,
    origin: `a port-forward into the namespace ${namespace}`,
  };
}
