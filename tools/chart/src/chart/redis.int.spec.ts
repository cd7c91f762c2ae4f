import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { freePort, poll, privateFolder, startProcess } from '@tiphys/testing/processes';
import type { ManagedProcess, PrivateFolder } from '@tiphys/testing/processes';
import { resolveTool } from '@tiphys/toolchain';
import { createHelm } from './helm.ts';
import { workloadsOf } from './pods.ts';

/** The container's arguments with its port and mount moved, as whoever runs the pod would do. */
async function argumentsFor(local: { port: number; data: string; password: string }): Promise<string[]> {
  const helm = await createHelm();
  try {
    const container = workloadsOf(
      await helm.template({ values: { redis: { extraArgs: ['--bind', '127.0.0.1'] } } }),
    ).get('argocd-redis')?.template.spec.containers[0];
    return (container?.args ?? []).map((arg) =>
      arg
        .replace(/^6379$/u, String(local.port))
        .replace(/^\/data$/u, local.data)
        .replace('$(REDIS_PASSWORD)', local.password),
    );
  } finally {
    await helm.close();
  }
}

let folder: PrivateFolder;
let server: ManagedProcess;
let port: number;
beforeAll(async () => {
  folder = await privateFolder('chart-redis');
  port = await freePort();
  const args = await argumentsFor({ port, data: folder.path, password: 'sesame' });
  server = startProcess({
    name: 'redis-server',
    program: await resolveTool('redis-server'),
    args,
    cwd: folder.path,
    logFile: `${folder.path}/redis.log`,
  });
});
afterAll(async () => {
  server.signal('SIGKILL');
  await server.exited;
  await folder.remove();
});

async function connected<T>(ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    password: 'sesame',
    lazyConnect: true,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

/** The first line that the server says to a client that has not logged in. */
async function replyToStranger(command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
  try {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString('utf8');
  } finally {
    socket.destroy();
  }
}

describe('the arguments of the bundled Redis', () => {
  it('make a server that asks for the password, evicts nothing and stores nothing', async () => {
    const settings = await poll(
      () =>
        connected(async (redis) => {
          const text = await redis.config('GET', '*');
          return new Map(
            text.flatMap((name, i) => (i % 2 === 0 ? [[name, text[i + 1] ?? ''] as const] : [])),
          );
        }),
      { what: 'Redis answers' },
    );
    expect(settings.get('maxmemory-policy')).toBe('noeviction');
    expect(settings.get('maxmemory')).toBe(String(384 * 1024 * 1024));
    expect(settings.get('save')).toBe('');
    expect(settings.get('appendonly')).toBe('no');
    expect(await replyToStranger('GET key')).toMatch(/^-NOAUTH/u);
  });
});
