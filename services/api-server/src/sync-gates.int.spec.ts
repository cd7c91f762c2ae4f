import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application, SyncWindow } from '@tiphys/model';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from './testing/server.ts';

const v1 = '/api/v1/applications';
const source = { repoURL: 'https://git.example.com/apps.git', path: 'web', targetRevision: 'main' };
const HELD = 'tiphys.dev/hold';

let redis: RedisServer;
let server: TestServer;
let token: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  server.repoServer.paths['web'] = [];
  token = await server.login();
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const post = (path: string, body: unknown): ReturnType<TestServer['send']> =>
  server.send('POST', path, { token, body });
const get = (path: string): ReturnType<TestServer['send']> => server.send('GET', path, { token });

async function projectWith(name: string, syncWindows: readonly SyncWindow[]): Promise<void> {
  await server.kube.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: server.namespace.name },
    spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }], syncWindows },
  } as never);
  await expect
    .poll(async () => (await get(`/api/v1/projects/${name}`)).json)
    .toMatchObject({ spec: { syncWindows } });
}

const create = async (name: string, spec: Readonly<Record<string, unknown>>): Promise<void> => {
  expect((await post(`${v1}?validate=false`, appNamed(name, spec))).status).toBe(200);
};

describe('sync windows', () => {
  const deny: SyncWindow = { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['win-*'] };

  it('keep syncs out, are told, and let syncs by hand in where they say so', async () => {
    await projectWith('win', [deny]);
    await create('win-a', { project: 'win' });
    const refusal = { code: 7, message: 'cannot sync: blocked by sync window' };
    const answer = await post(`${v1}/win-a/sync`, {});
    expect([answer.status, answer.json]).toMatchObject([403, refusal]);
    expect((await get(`${v1}/win-a/syncwindows`)).json).toMatchObject({
      activeWindows: [{ kind: 'deny', schedule: '* * * * *', duration: '1h' }],
      assignedWindows: [{ kind: 'deny' }],
    });
    expect((await get('/api/v1/projects/win/syncwindows')).json).toMatchObject({ windows: [deny] });

    await projectWith('win', [{ ...deny, manualSync: true }]);
    expect((await post(`${v1}/win-a/sync`, {})).status).toBe(200);
  });

  it('concern only the Applications that they name', async () => {
    await projectWith('win2', [deny]);
    await create('other', { project: 'win2' });
    expect((await get(`${v1}/other/syncwindows`)).json).toEqual({ canSync: true });
    expect((await post(`${v1}/other/sync`, {})).status).toBe(200);
  });

  it('that cannot be read keep syncs out and say why', async () => {
    await projectWith('win3', [{ ...deny, schedule: '0 0 * * 7' }]);
    await create('win-b', { project: 'win3' });
    expect((await post(`${v1}/win-b/sync`, {})).json).toMatchObject({
      code: 7,
      message:
        "cannot sync: invalid sync window: schedule '0 0 * * 7': '7' is not within 0 to 6 for the weekday",
    });
  });
});

describe('a rollback under automated sync', () => {
  const history = [{ id: 7, revision: 'c'.repeat(40), deployedAt: '2024-01-01T00:00:00Z', source }];
  const comparedTo = { destination: {}, source };
  const sync = { status: 'Synced', revision: 'd'.repeat(40), comparedTo };

  async function automated(name: string, annotations: Readonly<Record<string, string>> = {}): Promise<void> {
    await create(name, { syncPolicy: { automated: {} } });
    await server.patchApp(name, { metadata: { annotations }, status: { history, sync } });
    await expect
      .poll(async () => (await get(`${v1}/${name}`)).json)
      .toMatchObject({ metadata: { annotations }, status: { history: [{ id: 7 }] } });
  }

  it('is refused unless somebody asks for holds', async () => {
    await automated('unheld', { 'tiphys.dev/x': 'y' });
    expect((await post(`${v1}/unheld/rollback`, { id: 7 })).json).toMatchObject({ code: 9 });
    expect((await server.findApp<Application>('unheld'))?.metadata.annotations?.[HELD]).toBeUndefined();
  });

  it('pins the Application where its annotation asks, and keeps syncs by hand out until it is released', async () => {
    await automated('held', { 'tiphys.dev/rollback-hold': 'true' });
    expect((await post(`${v1}/held/rollback`, { id: 7 })).json).toMatchObject({
      operation: { sync: { revision: 'c'.repeat(40) } },
    });
    const app = await server.findApp<Application>('held');
    expect(JSON.parse(app?.metadata.annotations?.[HELD] ?? '{}')).toMatchObject({
      revision: 'c'.repeat(40),
      source,
      from: ['d'.repeat(40)],
      by: 'admin',
      why: 'rolled back to history id 7',
    });
    expect(app?.operation?.info).toEqual([
      { name: 'tiphys.dev/held', value: expect.stringMatching(/^held at c{40} by admin: rolled back/u) },
    ]);
    await server.patchApp('held', { operation: null });
    await expect
      .poll(async () => (await post(`${v1}/held/sync`, {})).json)
      .toMatchObject({ code: 9, message: expect.stringContaining('remove the annotation tiphys.dev/hold') });
    await server.patchApp('held', { metadata: { annotations: { [HELD]: null } } });
    await expect.poll(async () => (await post(`${v1}/held/sync`, {})).status).toBe(200);
  });

  it('pins for the time that the settings give', async () => {
    await server.kube.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argocd-cm', namespace: server.namespace.name },
      data: { 'tiphys.rollback.hold': 'true', 'tiphys.rollback.hold.duration': '24h' },
    } as never);
    await automated('timed', { 'tiphys.dev/x': 'y' });
    await expect.poll(async () => (await post(`${v1}/timed/rollback`, { id: 7 })).status).toBe(200);
    const app = await server.findApp<Application>('timed');
    const { at, until } = JSON.parse(app?.metadata.annotations?.[HELD] ?? '{}') as Record<string, string>;
    expect(Date.parse(until ?? '') - Date.parse(at ?? '')).toBe(86_400_000);
  });
});
