import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { messageOf } from '@tiphys/model';
import { privateFolder } from '../processes/index.ts';
import { startKubeEnv, type KubeEnv } from './kube-env.ts';
import type { KubeConnection } from './kubeconfig.ts';

/** Set for the workers of a test run; names the socket that lends the run's one cluster. */
export const brokerVariable = 'TIPHYS_KUBE_ENV_BROKER';

/** What a worker needs to use the cluster of another process. */
export interface SharedCluster {
  readonly connection: KubeConnection;
  readonly kubeconfigPath: string;
}

type Answer = SharedCluster | { readonly error: string };

/** Lends one cluster to all test files of a run; it is started when the first one asks. */
export async function startBroker(): Promise<{ socketPath: string; stop(): Promise<void> }> {
  const folder = await privateFolder('broker');
  const socketPath = join(folder.path, 'socket');
  let env: Promise<KubeEnv> | undefined;
  const server = createServer((socket) => {
    env ??= startKubeEnv();
    void answer(socket, env);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    stop: async () => {
      await close(server);
      const started = await env?.catch(() => undefined);
      await started?.stop();
      await folder.remove();
    },
  };
}

/** Asks the broker of this run for its cluster, waiting until it is up. */
export async function askBroker(socketPath: string): Promise<SharedCluster> {
  const socket = connect(socketPath);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Answer;
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

async function answer(socket: Socket, starting: Promise<KubeEnv>): Promise<void> {
  const reply: Answer = await starting.then(
    ({ connection, kubeconfigPath }) => ({ connection, kubeconfigPath }),
    (error: unknown) => ({ error: messageOf(error) }),
  );
  socket.end(JSON.stringify(reply));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
