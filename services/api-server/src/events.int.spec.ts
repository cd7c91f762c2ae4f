import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from './testing/server.ts';

const v1 = '/api/v1/applications';
const COMMIT = 'a'.repeat(40);

let redis: RedisServer;
let server: TestServer;
let token: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  server.repoServer.paths['web'] = [];
  server.repoServer.revisions['main'] = COMMIT;
  server.repoServer.revisions[COMMIT] = COMMIT;
  token = await server.login();
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const call = async (method: string, path: string, body?: unknown): Promise<number> =>
  (await server.send(method, `${v1}${path}`, { token, ...(body === undefined ? {} : { body }) })).status;

async function eventsOf(name: string): Promise<readonly string[]> {
  const { items } = await server.kube.request<{ items: readonly (KubeObject & Record<string, unknown>)[] }>(
    'GET',
    `/api/v1/namespaces/${server.namespace.name}/events?fieldSelector=involvedObject.name%3D${name}`,
  );
  return items
    .toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
    .map(({ reason, message }) => `${String(reason)}: ${String(message)}`);
}

const tells = (name: string, expected: readonly string[]): Promise<unknown> =>
  poll(async () => (await eventsOf(name)).join('\n') === expected.join('\n') || undefined, {
    what: `${name} has the events ${expected.join('; ')}`,
    timeoutMs: 30_000,
  });

describe('what users do to Applications', () => {
  it('is told by events, in order, with who did it', async () => {
    const app = appNamed('told');
    expect(await call('POST', '?validate=false', app)).toBe(200);
    expect(await call('POST', '?validate=false', app)).toBe(200);
    expect(
      await call('PUT', '/told/spec?validate=false', { ...(app['spec'] as object), project: 'default' }),
    ).toBe(200);
    expect(await call('POST', '/told/sync', {})).toBe(200);
    expect(await call('POST', '/told/sync', {})).toBe(400);
    await server.patchApp('told', { operation: null, status: null });
    const resources = [{ kind: 'ConfigMap', name: 'a' }];
    await expect.poll(() => call('POST', '/told/sync', { resources, revision: COMMIT })).toBe(200);
    await server.patchApp('told', {
      status: { operationState: { phase: 'Running', startedAt: '2026-01-01T00:00:00Z', operation: {} } },
    });
    await expect.poll(() => call('DELETE', '/told/operation')).toBe(200);
    expect(await call('DELETE', '/told?cascade=false')).toBe(200);
    await tells('told', [
      'ResourceCreated: admin created application',
      'ResourceUpdated: admin updated application spec',
      `OperationStarted: admin initiated sync to main (${COMMIT})`,
      `OperationStarted: admin initiated partial sync to ${COMMIT}`,
      'ResourceUpdated: admin terminated running operation',
      'ResourceDeleted: admin deleted application',
    ]);
  });

  it('is not told where that is off', async () => {
    const silent = await TestServer.start({
      redis,
      namespace: server.namespace,
      flags: ['--enable-k8s-event=OperationStarted'],
    });
    try {
      const created = await silent.send('POST', `${v1}?validate=false`, { token, body: appNamed('silent') });
      expect(created.status).toBe(200);
      const path = `${v1}/silent?cascade=false`;
      expect((await silent.send('DELETE', path, { token })).status).toBe(200);
      expect(await call('POST', '?validate=false', appNamed('loud'))).toBe(200);
      await tells('loud', ['ResourceCreated: admin created application']);
      expect(await eventsOf('silent')).toEqual([]);
    } finally {
      await silent.stop();
    }
  });
});
