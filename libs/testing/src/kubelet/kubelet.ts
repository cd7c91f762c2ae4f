import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { KubeAccess } from '../kube-env/index.ts';
import { createAuthority } from '../pki/index.ts';

const PROTOCOL = 'v4.channel.k8s.io';

/** The part of a kubelet that forwards ports: what it is asked for goes to ports of this machine. */
export interface Kubelet {
  readonly port: number;
  /** Paths of the port-forwards so far. */
  readonly forwards: readonly string[];
  /** Lets a port of a pod be one of this machine. */
  listen(
    pod: { readonly namespace: string; readonly name: string; readonly port: number },
    local: number,
  ): void;
  /** Makes a node, or takes one that is there, that the API server reaches this kubelet by. */
  register(kube: KubeAccess, node: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a kubelet on loopback that takes port-forwards by websocket, as the real one does. */
export async function startKubelet(): Promise<Kubelet> {
  const { certPem, keyPem } = createAuthority('kubelet').issue({
    commonName: 'kubelet',
    hosts: ['127.0.0.1'],
    usage: 'server',
  });
  const server = createServer({ cert: certPem, key: keyPem });
  const sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
  });
  const locals = new Map<string, number>();
  const forwards: string[] = [];
  sockets.on('connection', (socket, request) => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const [, action = '', namespace = '', name = ''] = url.pathname.split('/');
    const port = Number(url.searchParams.get('port') ?? '0');
    forwards.push(`${url.pathname}?port=${port}`);
    const local = action === 'portForward' ? locals.get(`${namespace}/${name}:${port}`) : undefined;
    forward(socket, port, local);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    forwards,
    listen: (pod, local) => void locals.set(`${pod.namespace}/${pod.name}:${pod.port}`, local),
    register: (kube, node) => register(kube, node, port),
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Channel 0 carries bytes, channel 1 an error; each begins with the number of the port. */
function forward(socket: WebSocket, port: number, local: number | undefined): void {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(port);
  for (const channel of [0, 1]) socket.send(Buffer.concat([Buffer.of(channel), number]));
  const refuse = (why: string): void => {
    socket.send(Buffer.concat([Buffer.of(1), Buffer.from(`error forwarding port ${port} to pod: ${why}`)]));
    socket.close();
  };
  if (local === undefined) {
    refuse('connection refused');
    return;
  }
  const inside = connect(local, '127.0.0.1');
  inside.on('error', (error) => {
    refuse(error.message);
  });
  inside.on('data', (chunk) => {
    socket.send(Buffer.concat([Buffer.of(0), chunk]));
  });
  inside.on('close', () => {
    socket.close();
  });
  socket.on('message', (message: Buffer) => {
    inside.write(message.subarray(1));
  });
  socket.on('close', () => inside.destroy());
}

async function register(kube: KubeAccess, name: string, port: number): Promise<void> {
  await kube.send({
    method: 'POST',
    path: '/api/v1/nodes',
    body: { apiVersion: 'v1', kind: 'Node', metadata: { name } },
  });
  await kube.send({
    method: 'PATCH',
    path: `/api/v1/nodes/${name}/status`,
    contentType: 'application/merge-patch+json',
    body: {
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      },
    },
  });
}
