import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import { systemClock } from '@tiphys/runtime/clock';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { signToken } from './auth/token.ts';
import { TestServer, appNamed } from './testing/server.ts';

let redis: RedisServer;
let server: TestServer;
let token: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  server.repoServer.paths['web'] = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { color: 'blue' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { password: 'hunter2' } },
  ];
  token = await server.login();
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const get = (path: string): ReturnType<TestServer['send']> => server.send('GET', path, { token });
const post = (path: string, body: unknown): ReturnType<TestServer['send']> =>
  server.send('POST', path, { token, body });
const create = async (name: string, spec = {}, query = ''): Promise<void> => {
  const { status, text } = await post(`/api/v1/applications${query}`, appNamed(name, spec));
  expect(text).toContain(`"name":"${name}"`);
  expect(status).toBe(200);
};
const v1 = '/api/v1/applications';

describe('a new installation', () => {
  it('gets its secrets once, however many replicas start together', async () => {
    const namespace = await server.kube.createNamespace('api');
    const replicas = await Promise.all([1, 2, 3].map(() => TestServer.start({ redis, namespace })));
    try {
      const tokens = await Promise.all(replicas.map((replica) => replica.login()));
      for (const replica of replicas) {
        for (const each of tokens) {
          expect((await replica.send('GET', '/api/v1/session/userinfo', { token: each })).json).toMatchObject(
            { username: 'admin' },
          );
        }
      }
    } finally {
      for (const replica of replicas) await replica.stop();
      await namespace.remove();
    }
  });

  it('gets the project default', async () => {
    const { json } = await get('/api/v1/projects/default');
    expect(json).toMatchObject({
      spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
      status: {},
    });
  });

  it('is healthy and tells strangers no more than its version', async () => {
    expect((await server.send('GET', '/healthz')).text).toBe('ok\n');
    expect((await server.send('GET', '/api/version')).json).toEqual({ Version: 'v3.5.1' });
    expect(Object.keys((await get('/api/version')).json).length).toBeGreaterThan(1);
    expect((await server.send('GET', '/api/v1/settings')).json).not.toHaveProperty('passwordPattern');
    expect((await get('/api/v1/settings')).json).toHaveProperty('passwordPattern');
  });
});

describe('sessions', () => {
  it.each([
    [{ username: 'admin', password: 'wrong' }, 'Invalid username or password'],
    [{ username: 'nobody', password: 'x' }, 'Invalid username or password'],
    [{}, 'no credentials supplied'],
  ])('refuse %j', async (body, message) => {
    const { status, json } = await server.send('POST', '/api/v1/session', { body });
    expect([status, json['message']]).toEqual([401, message]);
  });

  it('set a cookie that serves as the token', async () => {
    const { headers } = await server.send('POST', '/api/v1/session', {
      body: { username: 'admin', password: await server.password() },
    });
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^argocd\.token=[^;]+; path=\/; SameSite=lax; httpOnly$/);
    const answer = await server.send('GET', '/api/v1/session/userinfo', {
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });
    expect(answer.json).toEqual({ loggedIn: true, username: 'admin', iss: 'argocd' });
  });

  it('end with the logout, in every replica and after a restart', async () => {
    const second = await TestServer.start({ redis, namespace: server.namespace });
    try {
      const session = await server.login();
      expect((await second.send('GET', v1, { token: session })).status).toBe(200);
      const logout = await server.send('POST', '/auth/logout', {
        headers: { cookie: `argocd.token=${session}` },
      });
      expect([logout.status, logout.headers.get('set-cookie')]).toEqual([303, 'argocd.token=; Path=/']);
      await expect
        .poll(async () => (await second.send('GET', v1, { token: session })).text)
        .toContain('token is revoked');
      const third = await TestServer.start({ redis, namespace: server.namespace });
      expect((await third.send('GET', v1, { token: session })).status).toBe(401);
      await third.stop();
    } finally {
      await second.stop();
    }
  });

  it('never treat a bad token as no token', async () => {
    const { status, json } = await server.send('GET', v1, { token: 'a.b.c' });
    expect(status).toBe(401);
    expect(json['message']).toMatch(/^invalid session: token is malformed/);
    const forged = signToken({ iss: 'argocd', sub: 'admin:login', iat: 1, nbf: 1, jti: 'x' }, 'not the key');
    expect((await server.send('GET', v1, { token: forged })).json['message']).toBe(
      'invalid session: token signature is invalid: signature is invalid',
    );
    expect((await server.send('GET', v1)).json['message']).toBe('no session information');
  });

  it('are renewed shortly before they end', async () => {
    const started = systemClock.now();
    let ahead = 0;
    const clock = { now: () => systemClock.now() + ahead, sleep: (ms: number) => systemClock.sleep(ms) };
    const early = await TestServer.start({ redis, namespace: server.namespace, clock });
    const session = await early.login();
    expect((await early.send('GET', v1, { token: session })).headers.get('set-cookie')).toBeNull();
    ahead = 86_400_000 - 60_000 - (systemClock.now() - started);
    const renewed = (await early.send('GET', v1, { token: session })).headers.get('set-cookie') ?? '';
    ahead += 120_000;
    expect((await early.send('GET', v1, { token: session })).json['message']).toBe(
      'invalid session: token has invalid claims: token is expired',
    );
    expect((await early.send('GET', v1, { headers: { cookie: renewed.split(';')[0] ?? '' } })).status).toBe(
      200,
    );
    await early.stop();
  });

  it('lock after five failures, in all replicas together, even for the right password', async () => {
    const namespace = await server.kube.createNamespace('api');
    const [one, two] = await Promise.all([
      TestServer.start({ redis, namespace }),
      TestServer.start({ redis, namespace }),
    ]);
    const login = (replica: TestServer, password: string): ReturnType<TestServer['send']> =>
      replica.send('POST', '/api/v1/session', { body: { username: 'admin', password } });
    await Promise.all([one, two, one, two, one].map((replica, index) => login(replica, `guess-${index}`)));
    const answers = await Promise.all(
      [one, two].map(async (replica) => login(replica, await one.password())),
    );
    expect(answers.map(({ status, json }) => [status, json['message']])).toEqual(
      Array(2).fill([401, 'Invalid username or password']),
    );
    await one.stop();
    await two.stop();
    await namespace.remove();
  });
});

describe('creating Applications', () => {
  it('stores what was asked and answers with what was stored', async () => {
    await create('made');
    expect(await server.findApp<Application>('made')).toMatchObject({
      spec: { project: 'default', source: { path: 'web' } },
    });
    const again = await post(v1, appNamed('made'));
    expect([again.status, again.json['metadata']]).toEqual([200, expect.objectContaining({ generation: 1 })]);
  });

  it('changes what is there only when asked to', async () => {
    await create('changing');
    const changed = appNamed('changing', { info: [{ name: 'a', value: 'b' }] });
    const refused = await post(v1, changed);
    expect([refused.status, refused.json['code'], refused.json['message']]).toEqual([
      400,
      3,
      'existing application spec is different, use upsert flag to force update',
    ]);
    expect((await post(`${v1}?upsert=true`, changed)).json).toMatchObject({
      spec: { info: [{ name: 'a', value: 'b' }] },
    });
  });

  it.each([
    [
      'a path that is missing',
      { source: { repoURL: 'https://x/y.git', path: 'nope' } },
      400,
      'application spec for bad is invalid: InvalidSpecError: Unable to generate manifests in nope: rpc error: code = Unknown desc = nope: app path does not exist',
    ],
    [
      'a project that is missing',
      { project: 'nosuch' },
      400,
      'app is not allowed in project "nosuch", or the project does not exist',
    ],
    [
      'two destinations',
      { destination: { server: 'https://kubernetes.default.svc', name: 'in-cluster' } },
      400,
      "application destination spec for bad is invalid: application destination can't have both name and server defined: in-cluster https://kubernetes.default.svc",
    ],
    [
      'no destination',
      { destination: { namespace: 'x' } },
      400,
      'application destination spec for bad is invalid: Destination server missing from app spec',
    ],
    [
      'a cluster that is unknown',
      { destination: { name: 'absent' } },
      400,
      'application destination spec for bad is invalid: there are no clusters with this name: absent',
    ],
  ])('refuses %s', async (_what, spec, status, message) => {
    const answer = await post(v1, appNamed('bad', spec));
    expect([answer.status, answer.json['message']]).toEqual([status, message]);
    expect(await server.findApp('bad')).toBeUndefined();
  });

  it('refuses what the project does not permit', async () => {
    await server.kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'narrow', namespace: server.namespace.name },
      spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: 'web-*' }] },
    } as Parameters<typeof server.kube.apply>[0]);
    await expect.poll(async () => (await get('/api/v1/projects/narrow')).status).toBe(200);
    const { json } = await post(v1, appNamed('bad', { project: 'narrow' }));
    expect(json['message']).toContain(
      "namespace 'web' do not match any of the allowed destinations in project 'narrow'",
    );
  });

  it('stores an Application with a bad path where validation is off', async () => {
    await create('unchecked', { source: { repoURL: 'https://x/y.git', path: 'nope' } }, '?validate=false');
  });

  it('says so when the repo-server is away, and keeps nothing', async () => {
    server.repoServer.failure = new TiphysError('unavailable', 'repo-server: connection refused');
    const { status } = await post(v1, appNamed('later'));
    server.repoServer.failure = undefined;
    expect(status).toBe(503);
    expect(await server.findApp('later')).toBeUndefined();
  });
});

describe('reading Applications', () => {
  it('finds them at once after they were created', async () => {
    await create('fresh');
    expect((await get(`${v1}/fresh`)).status).toBe(200);
    expect((await get(`${v1}?name=fresh`)).json).toMatchObject({ items: [{ metadata: { name: 'fresh' } }] });
  });

  it('does not tell whether what it hides exists', async () => {
    expect((await get(`${v1}/nosuch`)).json).toMatchObject({ code: 7, message: 'permission denied' });
    expect((await get(`${v1}/nosuch?project=default`)).json).toMatchObject({
      code: 5,
      message: 'applications.argoproj.io "nosuch" not found',
    });
  });

  it('selects by label, project and repository', async () => {
    await create('labelled');
    await server.patchApp('labelled', { metadata: { labels: { tier: 'front' } } });
    const names = async (query: string): Promise<unknown> =>
      (await get(`${v1}?fields=items.metadata.name&${query}`)).json['items'];
    await expect.poll(() => names('selector=tier%3Dfront')).toEqual([{ metadata: { name: 'labelled' } }]);
    expect(
      await names('selector=tier+in+(front,back)&projects=default&repo=https://git.example.com/apps'),
    ).toEqual([{ metadata: { name: 'labelled' } }]);
    expect(await names('projects=other')).toBeUndefined();
    expect((await get(`${v1}?selector=(((`)).json).toMatchObject({ code: 2 });
  });

  it('answers a refresh when the controller took the annotation away', async () => {
    await create('refreshed');
    const answer = get(`${v1}/refreshed?refresh=hard`);
    const annotation = 'argocd.argoproj.io/refresh';
    await expect
      .poll(async () => (await server.findApp<Application>('refreshed'))?.metadata.annotations?.[annotation])
      .toBe('hard');
    await server.patchApp('refreshed', {
      metadata: { annotations: { [annotation]: null } },
      status: { reconciledAt: '2024-01-01T00:00:00Z' },
    });
    expect((await answer).json).toMatchObject({ status: { reconciledAt: '2024-01-01T00:00:00Z' } });
  });

  it('fills the health of resources from the tree', async () => {
    await create('healthy');
    const node = { version: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'settings' };
    await server.cache.set(
      'app|resources-tree|healthy',
      JSON.stringify({ nodes: [{ ...node, health: { status: 'Healthy' } }] }),
      60_000,
    );
    await server.patchApp('healthy', {
      status: { resourceHealthSource: 'appTree', resources: [{ ...node, status: 'Synced' }] },
    });
    await expect
      .poll(async () => (await get(`${v1}/healthy`)).json)
      .toMatchObject({ status: { resources: [{ name: 'settings', health: { status: 'Healthy' } }] } });
    expect((await get(`${v1}/healthy/resource-tree`)).json).toEqual({
      nodes: [{ ...node, health: { status: 'Healthy' } }],
    });
  });

  it('masks Secrets in managed resources, equal values alike', async () => {
    await create('secretive');
    const state = (password: string): string =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 's',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"p":"${password}"}}` },
        },
        data: { p: password },
      });
    const item = {
      kind: 'Secret',
      name: 's',
      targetState: state('bmV3'),
      liveState: state('b2xk'),
      normalizedLiveState: state('b2xk'),
      predictedLiveState: state('bmV3'),
    };
    await server.cache.set(
      'app|managed-resources|secretive',
      JSON.stringify([item, { kind: 'ConfigMap', name: 'c', liveState: 'null' }]),
      60_000,
    );
    const { text, json } = await get(`${v1}/secretive/managed-resources?kind=Secret`);
    expect(text).not.toMatch(/bmV3|b2xk/);
    const [masked] = json['items'] as Record<string, string>[];
    expect(masked?.['targetState']).toContain('"data":{"p":"++++++++"}');
    expect(masked?.['liveState']).toContain('"data":{"p":"++++++++++++"}');
    expect(masked?.['normalizedLiveState']).toBe(masked?.['liveState']);
    expect(json['items']).toHaveLength(1);
  });

  it('renders manifests with tracking marks and Secrets masked', async () => {
    await create('rendered');
    const { json, text } = await get(`${v1}/rendered/manifests`);
    expect(text).not.toContain('hunter2');
    const [configMap] = json['manifests'] as string[];
    expect(JSON.parse(configMap ?? '')).toEqual({
      apiVersion: 'v1',
      data: { color: 'blue' },
      kind: 'ConfigMap',
      metadata: {
        annotations: { 'argocd.argoproj.io/tracking-id': 'rendered:/ConfigMap:web/settings' },
        name: 'settings',
      },
    });
    expect((await get(`${v1}/rendered/manifests?revision=nope`)).json).toMatchObject({
      message: "unable to resolve 'nope' to a commit SHA",
    });
  });

  it('renders nothing of a repository that the project does not permit (any more)', async () => {
    await server.kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'closed', namespace: server.namespace.name },
      spec: { sourceRepos: ['https://elsewhere/*'], destinations: [{ server: '*', namespace: '*' }] },
    } as Parameters<typeof server.kube.apply>[0]);
    await expect.poll(async () => (await get('/api/v1/projects/closed')).status).toBe(200);
    await create('closed', { project: 'closed' }, '?validate=false');
    const asked = server.repoServer.asked.length;
    const { json } = await get(`${v1}/closed/manifests`);
    expect(json['message']).toMatch(/^application repo \S+ is not permitted in project 'closed'$/u);
    const sync = await post(`${v1}/closed/sync`, { name: 'closed' });
    expect(sync.json['message']).toMatch(/is not permitted in project 'closed'$/u);
    expect(server.repoServer.asked).toHaveLength(asked);
  });

  it('lists a thousand fast', async () => {
    const namespace = await server.kube.createNamespace('api');
    const many = await TestServer.start({ redis, namespace });
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace.name}/applications`;
    const names = Array.from({ length: 1_000 }, (_, index) => `app-${index}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(
        names.slice(at, at + 50).map((name) => server.kube.request('POST', path, appNamed(name))),
      );
    }
    const session = await many.login();
    const list = (): ReturnType<TestServer['send']> => many.send('GET', v1, { token: session });
    await expect.poll(async () => (await list()).json['items'], { timeout: 20_000 }).toHaveLength(1_000);
    const started = performance.now();
    for (let round = 0; round < 5; round++) await list();
    expect((performance.now() - started) / 5).toBeLessThan(250);
    await many.stop();
    await namespace.remove();
  });
});

describe('changing Applications', () => {
  it('replaces the spec', async () => {
    await create('specced');
    const spec = appNamed('x', { revisionHistoryLimit: 0 })['spec'];
    const answer = await server.send('PUT', `${v1}/specced/spec`, { token, body: spec });
    expect(answer.json).toEqual(spec);
    expect(await server.findApp<Application>('specced')).toMatchObject({ spec: { revisionHistoryLimit: 0 } });
  });

  it('replaces labels and annotations and keeps the status', async () => {
    await create('updated');
    await server.patchApp('updated', {
      metadata: { annotations: { old: '1' } },
      status: { sourceType: 'Directory' },
    });
    await expect
      .poll(async () => (await get(`${v1}/updated`)).json)
      .toMatchObject({ metadata: { annotations: { old: '1' } } });
    const body = { ...appNamed('updated'), metadata: { name: 'updated', annotations: { x: 'y' } } };
    const { json } = await server.send('PUT', `${v1}/updated`, { token, body });
    expect(json).toMatchObject({
      metadata: { annotations: { x: 'y' } },
      status: { sourceType: 'Directory' },
    });
    expect((json['metadata'] as Application['metadata']).annotations).not.toHaveProperty('old');
  });

  it.each([
    [
      'merge',
      '{"spec":{"info":[{"name":"a","value":"b"}]}}',
      { spec: { info: [{ name: 'a', value: 'b' }] } },
    ],
    [
      'json',
      '[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]',
      { metadata: { labels: { a: 'b' } } },
    ],
  ])('applies a %s patch', async (patchType, patch, expected) => {
    await create(`patched-${patchType}`);
    const { json } = await server.send('PATCH', `${v1}/patched-${patchType}`, {
      token,
      body: { patch, patchType },
    });
    expect(json).toMatchObject(expected);
  });

  it.each([
    ['strategic', '{}', 3, "Patch type 'strategic' is not supported"],
    ['json', 'zzz', 2, "error decoding json patch: invalid character 'z' looking for beginning of value"],
    ['merge', '{"metadata":{"name":"renamed"}}', 7, 'permission denied'],
  ])('refuses a %s patch %s', async (patchType, patch, code, message) => {
    await post(v1, appNamed('unpatched'));
    const { json } = await server.send('PATCH', `${v1}/unpatched`, { token, body: { patch, patchType } });
    expect(json).toMatchObject({ code, message });
  });

  it('loses no change to someone who writes at the same time', async () => {
    await create('contended');
    const writes = Array.from({ length: 8 }, (_, index) =>
      server.send('PATCH', `${v1}/contended`, {
        token,
        body: { patchType: 'merge', patch: JSON.stringify({ metadata: { labels: { [`l${index}`]: 'x' } } }) },
      }),
    );
    const status = server.patchApp('contended', { status: { sourceType: 'Helm' } });
    expect((await Promise.all(writes)).map(({ status: code }) => code)).toEqual(Array(8).fill(200));
    await status;
    expect(await server.findApp<Application>('contended')).toMatchObject({ status: { sourceType: 'Helm' } });
  });
});

describe('operations', () => {
  const sha = 'a'.repeat(40);

  it('start with the resolved revision and without the state of the last one', async () => {
    await create('synced');
    await server.patchApp('synced', {
      status: { operationState: { operation: {}, phase: 'Succeeded', startedAt: '2024-01-01T00:00:00Z' } },
    });
    await expect
      .poll(async () => (await get(`${v1}/synced`)).json)
      .toMatchObject({ status: { operationState: { phase: 'Succeeded' } } });
    const { json } = await post(`${v1}/synced/sync`, {
      prune: true,
      infos: [{ name: 'why', value: 'test' }],
      syncOptions: { items: ['CreateNamespace=true'] },
    });
    expect(json['operation']).toEqual({
      sync: {
        revision: sha,
        prune: true,
        source: appNamed('x')['spec'] && {
          repoURL: 'https://git.example.com/apps.git',
          path: 'web',
          targetRevision: 'main',
        },
        syncOptions: ['CreateNamespace=true'],
      },
      initiatedBy: { username: 'admin' },
      info: [{ name: 'why', value: 'test' }],
      retry: {},
    });
    const stored = await server.findApp<Application>('synced');
    expect(stored?.operation?.sync?.revision).toBe(sha);
    expect(stored?.status?.operationState).toBeUndefined();
    expect((await post(`${v1}/synced/sync`, {})).json).toMatchObject({
      code: 9,
      message: 'another operation is already in progress',
    });
  });

  it('are ended by the phase Terminating', async () => {
    await create('ended');
    expect((await server.send('DELETE', `${v1}/ended/operation`, { token })).json).toMatchObject({ code: 3 });
    await post(`${v1}/ended/sync`, {});
    await server.patchApp('ended', {
      status: { operationState: { operation: {}, phase: 'Running', startedAt: '2024-01-01T00:00:00Z' } },
    });
    await expect
      .poll(async () => (await server.send('DELETE', `${v1}/ended/operation`, { token })).status)
      .toBe(200);
    expect(await server.findApp<Application>('ended')).toMatchObject({
      status: { operationState: { phase: 'Terminating' } },
    });
  });

  it('refuse another revision and a rollback under auto-sync', async () => {
    await create('automated', { syncPolicy: { automated: {} } });
    expect((await post(`${v1}/automated/sync`, { revision: 'v1.0.0' })).json).toMatchObject({
      code: 9,
      message: 'Cannot sync to v1.0.0: auto-sync currently set to main',
    });
    expect((await post(`${v1}/automated/rollback`, { id: 0 })).json).toMatchObject({
      code: 9,
      message: 'rollback cannot be initiated when auto-sync is enabled',
    });
    expect((await post(`${v1}/automated/sync`, { revision: 'main' })).status).toBe(200);
  });

  it('refuse a revision that does not exist', async () => {
    await create('unresolved');
    expect((await post(`${v1}/unresolved/sync`, { revision: 'nope' })).json).toMatchObject({
      code: 9,
      message:
        "error resolving repo revision: rpc error: code = Unknown desc = unable to resolve 'nope' to a commit SHA",
    });
  });

  it('roll back to the source of a deployment', async () => {
    await create('rolled');
    const source = { repoURL: 'https://git.example.com/apps.git', path: 'old', targetRevision: 'main' };
    await server.patchApp('rolled', {
      status: { history: [{ id: 7, revision: 'c'.repeat(40), deployedAt: '2024-01-01T00:00:00Z', source }] },
    });
    await expect
      .poll(async () => (await post(`${v1}/rolled/rollback`, { id: 7 })).json)
      .toMatchObject({
        operation: { sync: { revision: 'c'.repeat(40), source, syncStrategy: { apply: {} } } },
      });
    expect((await post(`${v1}/rolled/rollback`, { id: 99 })).json).toMatchObject({
      code: 3,
      message: `application ${server.namespace.name}/rolled does not have deployment with id 99`,
    });
  });
});

describe('deleting Applications', () => {
  it.each([
    ['', 'resources-finalizer.argocd.argoproj.io'],
    ['?propagationPolicy=foreground', 'resources-finalizer.argocd.argoproj.io/foreground'],
    ['?cascade=true&propagationPolicy=background', 'resources-finalizer.argocd.argoproj.io/background'],
  ])('with %s leaves the rest to the controller', async (query, finalizer) => {
    const name = `deleted-${finalizer.split('/')[1] ?? 'default'}`;
    await create(name);
    expect((await server.send('DELETE', `${v1}/${name}${query}`, { token })).json).toEqual({});
    const app = await server.findApp<Application>(name);
    expect([app?.metadata.finalizers, app?.metadata.deletionTimestamp]).toEqual([
      [finalizer],
      expect.any(String),
    ]);
    await server.patchApp(name, { metadata: { finalizers: null } });
  });

  it('without cascade takes the Application alone', async () => {
    await create('orphaned');
    await server.patchApp('orphaned', {
      metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    });
    await server.send('DELETE', `${v1}/orphaned?cascade=false`, { token });
    await expect.poll(() => server.findApp('orphaned')).toBeUndefined();
  });

  it('refuses a policy that does not exist', async () => {
    await create('kept');
    expect((await server.send('DELETE', `${v1}/kept?propagationPolicy=zzz`, { token })).json).toMatchObject({
      code: 3,
      message: 'invalid propagation policy: zzz',
    });
  });
});

describe('streams', () => {
  const open = async (path: string): Promise<{ next(): Promise<Record<string, unknown>>; close(): void }> => {
    const gone = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: gone.signal,
    });
    const lines = (async function* () {
      let rest = '';
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        rest += Buffer.from(chunk).toString('utf8');
        for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
          yield JSON.parse(rest.slice(0, at)) as { result: Record<string, unknown> };
          rest = rest.slice(at + 1);
        }
      }
    })();
    return { next: async () => (await lines.next()).value?.result ?? {}, close: () => gone.abort() };
  };

  it('begin with what is there and tell every change once', async () => {
    await create('watched');
    const stream = await open('/api/v1/stream/applications?name=watched');
    expect(await stream.next()).toMatchObject({
      type: 'ADDED',
      application: { metadata: { name: 'watched' } },
    });
    await server.patchApp('watched', { metadata: { labels: { a: 'b' } } });
    expect(await stream.next()).toMatchObject({
      type: 'MODIFIED',
      application: { metadata: { labels: { a: 'b' } } },
    });
    await server.send('DELETE', `${v1}/watched?cascade=false`, { token });
    expect(await stream.next()).toMatchObject({
      type: 'DELETED',
      application: { metadata: { name: 'watched' } },
    });
    stream.close();
  });

  it('send a tree when the controller says that it changed', async () => {
    await create('grown');
    const opening = open('/api/v1/stream/applications/grown/resource-tree');
    await server.cache.set(
      'app|resources-tree|grown',
      JSON.stringify({ nodes: [{ kind: 'Pod', name: 'p' }] }),
      60_000,
    );
    let told = false;
    const telling = (async () => {
      while (!told) {
        await server.pubSub.publish('app|managed-resources|grown', '');
        await systemClock.sleep(50);
      }
    })();
    const stream = await opening;
    expect(await stream.next()).toMatchObject({ nodes: [{ kind: 'Pod', name: 'p' }] });
    told = true;
    await telling;
    stream.close();
  });

  it('are refused for what the caller may not see', async () => {
    expect((await get('/api/v1/stream/applications/nosuch/resource-tree')).status).toBe(403);
    expect((await server.send('GET', '/api/v1/stream/applications')).status).toBe(401);
  });
});
