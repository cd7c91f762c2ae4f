import { randomBytes } from 'node:crypto';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeApi } from '@tiphys/ports';
import { systemClock as clock } from '@tiphys/runtime/clock';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { startKubelet, writeRunningPod, type Kubelet } from '@tiphys/testing/kubelet';
import { makeKubeApi } from '../kube-api.ts';
import { connectionOfEnv } from '../spec-connection.ts';
import { listenForPod, type PodListener } from './listener.ts';
import { connectPodPort } from './pod-connection.ts';
import { findRunningPod } from './running-pod.ts';

let env: KubeEnv;
let api: KubeApi;
let kubelet: Kubelet;
let echo: Server;
let namespace: string;

beforeAll(async () => {
  [env, kubelet] = await Promise.all([
    startKubeEnv({ controllerManager: false, scheduler: false, kwok: false }),
    startKubelet(),
  ]);
  api = await makeKubeApi(connectionOfEnv(env.connection), { clock });
  await kubelet.register(env, 'here');
  namespace = (await env.createNamespace('forward')).name;
  await writeRunningPod(env, { namespace, name: 'warm-up', node: 'here', app: 'web', ready: false });
  await writeRunningPod(env, { namespace, name: 'web', node: 'here', app: 'web' });
  echo = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  kubelet.listen({ namespace, name: 'web', port: 8081 }, (echo.address() as AddressInfo).port);
}, 120_000);

afterAll(async () => {
  await api.close();
  await kubelet.close();
  echo.close();
  await env.stop();
});

const forwarded = (port: number, pod = 'web'): ReturnType<typeof connectPodPort> =>
  connectPodPort(connectionOfEnv(env.connection), { namespace, pod, port });

describe('a port of a pod', () => {
  it('is reached through the API server', async () => {
    const sent = randomBytes(300_000);
    const stream = await forwarded(8081);
    stream.write(sent);
    const received: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      received.push(chunk);
      if ((size += chunk.length) === sent.length) break;
    }
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    expect(kubelet.forwards).toContain(`/portForward/${namespace}/web?port=8081`);
  });

  it('that nothing listens on tells what the kubelet said', async () => {
    const stream = await forwarded(9999);
    await expect(buffer(stream)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`port 9999 of the pod ${namespace}/web: error forwarding port 9999`),
    });
  });

  it('of a pod that is not there is not found', async () => {
    await expect(forwarded(8081, 'nosuch')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('needs the right to forward ports', async () => {
    const token = await env.createServiceAccountToken(namespace, 'default').catch(() => undefined);
    const { server, tls } = connectionOfEnv(env.connection);
    const connection = {
      server,
      tls: { ...(tls.ca === undefined ? {} : { ca: tls.ca }) },
      authorizer: { header: () => `Bearer ${token ?? 'nobody'}`, rejected: () => false },
    };
    await expect(connectPodPort(connection, { namespace, pod: 'web', port: 8081 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(permission-denied|unauthenticated)$/),
    });
  });
});

describe('the pod of a component', () => {
  it('is a running one that is ready, of the first name that has one', async () => {
    await expect(findRunningPod(api, { namespace, names: ['nosuch', 'web'] })).resolves.toBe('web');
    await expect(findRunningPod(api, { namespace, names: ['a', 'b'] })).rejects.toMatchObject({
      code: 'not-found',
      message: `no pod with the label app.kubernetes.io/name=a or app.kubernetes.io/name=b runs in the namespace ${namespace}`,
    });
  });
});

describe('a local listener', () => {
  let listener: PodListener;
  const failures: unknown[] = [];
  let port = 8081;
  beforeAll(async () => {
    listener = await listenForPod(
      () => forwarded(port),
      (error) => failures.push(error),
    );
  });

  const say = async (text: string): Promise<string> => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(text);
    const [answer] = await Promise.race([
      new Promise<string[]>((resolve) => socket.once('data', (chunk) => resolve([chunk.toString()]))),
      new Promise<string[]>((resolve) => socket.once('close', () => resolve(['closed']))),
    ]);
    socket.destroy();
    return answer ?? '';
  };

  it('hands each connection on to the pod', async () => {
    expect(await Promise.all(['one', 'two', 'three'].map(say))).toEqual(['one', 'two', 'three']);
    expect(failures).toEqual([]);
  });

  it('closes what cannot be handed on, and says why', async () => {
    port = 9999;
    expect(await say('hello')).toBe('closed');
    expect(failures).toEqual([expect.objectContaining({ code: 'unavailable' })]);
    port = 8081;
    expect(await say('again')).toBe('again');
  });

  it('ends all connections', async () => {
    const socket = connect(listener.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    await listener.close();
    await closed;
  });
});
