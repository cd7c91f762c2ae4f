import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import { TestServer, appNamed } from './testing/server.ts';
import { ApiStage, v1 } from './testing/api-stage.ts';

const stage = new ApiStage();

describe('creating Applications', () => {
  it('stores what was asked and answers with what was stored', async () => {
    await stage.create('made');
    expect(await stage.server.findApp<Application>('made')).toMatchObject({
      spec: { project: 'default', source: { path: 'web' } },
    });
    const again = await stage.post(v1, appNamed('made'));
    expect([again.status, again.json['metadata']]).toEqual([200, expect.objectContaining({ generation: 1 })]);
  });

  it('changes what is there only when asked to', async () => {
    await stage.create('changing');
    const changed = appNamed('changing', { info: [{ name: 'a', value: 'b' }] });
    const refused = await stage.post(v1, changed);
    expect([refused.status, refused.json['code'], refused.json['message']]).toEqual([
      400,
      3,
      'existing application spec is different, use upsert flag to force update',
    ]);
    expect((await stage.post(`${v1}?upsert=true`, changed)).json).toMatchObject({
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
    const answer = await stage.post(v1, appNamed('bad', spec));
    expect([answer.status, answer.json['message']]).toEqual([status, message]);
    expect(await stage.server.findApp('bad')).toBeUndefined();
  });

  it('refuses what the project does not permit', async () => {
    await stage.server.kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'narrow', namespace: stage.server.namespace.name },
      spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: 'web-*' }] },
    } as Parameters<typeof stage.server.kube.apply>[0]);
    await expect.poll(async () => (await stage.get('/api/v1/projects/narrow')).status).toBe(200);
    const { json } = await stage.post(v1, appNamed('bad', { project: 'narrow' }));
    expect(json['message']).toContain(
      "namespace 'web' do not match any of the allowed destinations in project 'narrow'",
    );
  });

  it('stores an Application with a bad path where validation is off', async () => {
    await stage.create(
      'unchecked',
      { source: { repoURL: 'https://x/y.git', path: 'nope' } },
      '?validate=false',
    );
  });

  it('says so when the repo-server is away, and keeps nothing', async () => {
    stage.server.repoServer.failure = new TiphysError('unavailable', 'repo-server: connection refused');
    const { status } = await stage.post(v1, appNamed('later'));
    stage.server.repoServer.failure = undefined;
    expect(status).toBe(503);
    expect(await stage.server.findApp('later')).toBeUndefined();
  });
});

describe('reading Applications', () => {
  it('finds them at once after they were created', async () => {
    await stage.create('fresh');
    expect((await stage.get(`${v1}/fresh`)).status).toBe(200);
    expect((await stage.get(`${v1}?name=fresh`)).json).toMatchObject({
      items: [{ metadata: { name: 'fresh' } }],
    });
  });

  it('does not tell whether what it hides exists', async () => {
    expect((await stage.get(`${v1}/nosuch`)).json).toMatchObject({ code: 7, message: 'permission denied' });
    expect((await stage.get(`${v1}/nosuch?project=default`)).json).toMatchObject({
      code: 5,
      message: 'applications.argoproj.io "nosuch" not found',
    });
  });

  it('selects by label, project and repository', async () => {
    await stage.create('labelled');
    await stage.server.patchApp('labelled', { metadata: { labels: { tier: 'front' } } });
    const names = async (query: string): Promise<unknown> =>
      (await stage.get(`${v1}?fields=items.metadata.name&${query}`)).json['items'];
    await expect.poll(() => names('selector=tier%3Dfront')).toEqual([{ metadata: { name: 'labelled' } }]);
    expect(
      await names('selector=tier+in+(front,back)&projects=default&repo=https://git.example.com/apps'),
    ).toEqual([{ metadata: { name: 'labelled' } }]);
    expect(await names('projects=other')).toBeUndefined();
    expect((await stage.get(`${v1}?selector=(((`)).json).toMatchObject({ code: 2 });
  });

  it('answers a refresh when the controller took the annotation away', async () => {
    await stage.create('refreshed');
    const answer = stage.get(`${v1}/refreshed?refresh=hard`);
    const annotation = 'argocd.argoproj.io/refresh';
    await expect
      .poll(
        async () =>
          (await stage.server.findApp<Application>('refreshed'))?.metadata.annotations?.[annotation],
      )
      .toBe('hard');
    await stage.server.patchApp('refreshed', {
      metadata: { annotations: { [annotation]: null } },
      status: { reconciledAt: '2024-01-01T00:00:00Z' },
    });
    expect((await answer).json).toMatchObject({ status: { reconciledAt: '2024-01-01T00:00:00Z' } });
  });

  it('fills the health of resources from the tree', async () => {
    await stage.create('healthy');
    const node = { version: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'settings' };
    await stage.server.cache.set(
      'app|resources-tree|healthy',
      JSON.stringify({ nodes: [{ ...node, health: { status: 'Healthy' } }] }),
      60_000,
    );
    await stage.server.patchApp('healthy', {
      status: { resourceHealthSource: 'appTree', resources: [{ ...node, status: 'Synced' }] },
    });
    await expect
      .poll(async () => (await stage.get(`${v1}/healthy`)).json)
      .toMatchObject({ status: { resources: [{ name: 'settings', health: { status: 'Healthy' } }] } });
    expect((await stage.get(`${v1}/healthy/resource-tree`)).json).toEqual({
      nodes: [{ ...node, health: { status: 'Healthy' } }],
    });
  });

  it('masks Secrets in managed resources, equal values alike', async () => {
    await stage.create('secretive');
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
    await stage.server.cache.set(
      'app|managed-resources|secretive',
      JSON.stringify([item, { kind: 'ConfigMap', name: 'c', liveState: 'null' }]),
      60_000,
    );
    const { text, json } = await stage.get(`${v1}/secretive/managed-resources?kind=Secret`);
    expect(text).not.toMatch(/bmV3|b2xk/);
    const [masked] = json['items'] as Record<string, string>[];
    expect(masked?.['targetState']).toContain('"data":{"p":"++++++++"}');
    expect(masked?.['liveState']).toContain('"data":{"p":"++++++++++++"}');
    expect(masked?.['normalizedLiveState']).toBe(masked?.['liveState']);
    expect(json['items']).toHaveLength(1);
  });

  it('renders manifests with tracking marks and Secrets masked', async () => {
    await stage.create('rendered');
    const { json, text } = await stage.get(`${v1}/rendered/manifests`);
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
    expect((await stage.get(`${v1}/rendered/manifests?revision=nope`)).json).toMatchObject({
      message: "unable to resolve 'nope' to a commit SHA",
    });
  });

  it('renders nothing of a repository that the project does not permit (any more)', async () => {
    await stage.server.kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'closed', namespace: stage.server.namespace.name },
      spec: { sourceRepos: ['https://elsewhere/*'], destinations: [{ server: '*', namespace: '*' }] },
    } as Parameters<typeof stage.server.kube.apply>[0]);
    await expect.poll(async () => (await stage.get('/api/v1/projects/closed')).status).toBe(200);
    await stage.create('closed', { project: 'closed' }, '?validate=false');
    const asked = stage.server.repoServer.asked.length;
    const { json } = await stage.get(`${v1}/closed/manifests`);
    expect(json['message']).toMatch(/^application repo \S+ is not permitted in project 'closed'$/u);
    const sync = await stage.post(`${v1}/closed/sync`, { name: 'closed' });
    expect(sync.json['message']).toMatch(/is not permitted in project 'closed'$/u);
    expect(stage.server.repoServer.asked).toHaveLength(asked);
  });

  it('lists a thousand fast', async () => {
    const namespace = await stage.server.kube.createNamespace('api');
    const many = await TestServer.start({ redis: stage.redis, namespace });
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace.name}/applications`;
    const names = Array.from({ length: 1_000 }, (_, index) => `app-${index}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(
        names.slice(at, at + 50).map((name) => stage.server.kube.request('POST', path, appNamed(name))),
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
    await stage.create('specced');
    const spec = appNamed('x', { revisionHistoryLimit: 0 })['spec'];
    const answer = await stage.server.send('PUT', `${v1}/specced/spec`, { token: stage.token, body: spec });
    expect(answer.json).toEqual(spec);
    expect(await stage.server.findApp<Application>('specced')).toMatchObject({
      spec: { revisionHistoryLimit: 0 },
    });
  });

  it('replaces labels and annotations and keeps the status', async () => {
    await stage.create('updated');
    await stage.server.patchApp('updated', {
      metadata: { annotations: { old: '1' } },
      status: { sourceType: 'Directory' },
    });
    await expect
      .poll(async () => (await stage.get(`${v1}/updated`)).json)
      .toMatchObject({ metadata: { annotations: { old: '1' } } });
    const body = { ...appNamed('updated'), metadata: { name: 'updated', annotations: { x: 'y' } } };
    const { json } = await stage.server.send('PUT', `${v1}/updated`, { token: stage.token, body });
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
    await stage.create(`patched-${patchType}`);
    const { json } = await stage.server.send('PATCH', `${v1}/patched-${patchType}`, {
      token: stage.token,
      body: { patch, patchType },
    });
    expect(json).toMatchObject(expected);
  });

  it.each([
    ['strategic', '{}', 3, "Patch type 'strategic' is not supported"],
    ['json', 'zzz', 2, "error decoding json patch: invalid character 'z' looking for beginning of value"],
    ['merge', '{"metadata":{"name":"renamed"}}', 7, 'permission denied'],
  ])('refuses a %s patch %s', async (patchType, patch, code, message) => {
    await stage.post(v1, appNamed('unpatched'));
    const { json } = await stage.server.send('PATCH', `${v1}/unpatched`, {
      token: stage.token,
      body: { patch, patchType },
    });
    expect(json).toMatchObject({ code, message });
  });

  it('loses no change to someone who writes at the same time', async () => {
    await stage.create('contended');
    const writes = Array.from({ length: 8 }, (_, index) =>
      stage.server.send('PATCH', `${v1}/contended`, {
        token: stage.token,
        body: { patchType: 'merge', patch: JSON.stringify({ metadata: { labels: { [`l${index}`]: 'x' } } }) },
      }),
    );
    const status = stage.server.patchApp('contended', { status: { sourceType: 'Helm' } });
    expect((await Promise.all(writes)).map(({ status: code }) => code)).toEqual(Array(8).fill(200));
    await status;
    expect(await stage.server.findApp<Application>('contended')).toMatchObject({
      status: { sourceType: 'Helm' },
    });
  });
});

describe('operations', () => {
  const sha = 'a'.repeat(40);

  it('start with the resolved revision and without the state of the last one', async () => {
    await stage.create('synced');
    await stage.server.patchApp('synced', {
      status: { operationState: { operation: {}, phase: 'Succeeded', startedAt: '2024-01-01T00:00:00Z' } },
    });
    await expect
      .poll(async () => (await stage.get(`${v1}/synced`)).json)
      .toMatchObject({ status: { operationState: { phase: 'Succeeded' } } });
    const { json } = await stage.post(`${v1}/synced/sync`, {
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
    const stored = await stage.server.findApp<Application>('synced');
    expect(stored?.operation?.sync?.revision).toBe(sha);
    expect(stored?.status?.operationState).toBeUndefined();
    expect((await stage.post(`${v1}/synced/sync`, {})).json).toMatchObject({
      code: 9,
      message: 'another operation is already in progress',
    });
  });

  it('are ended by the phase Terminating', async () => {
    await stage.create('ended');
    expect(
      (await stage.server.send('DELETE', `${v1}/ended/operation`, { token: stage.token })).json,
    ).toMatchObject({ code: 3 });
    await stage.post(`${v1}/ended/sync`, {});
    await stage.server.patchApp('ended', {
      status: { operationState: { operation: {}, phase: 'Running', startedAt: '2024-01-01T00:00:00Z' } },
    });
    await expect
      .poll(
        async () =>
          (await stage.server.send('DELETE', `${v1}/ended/operation`, { token: stage.token })).status,
      )
      .toBe(200);
    expect(await stage.server.findApp<Application>('ended')).toMatchObject({
      status: { operationState: { phase: 'Terminating' } },
    });
  });

  it('refuse another revision and a rollback under auto-sync', async () => {
    await stage.create('automated', { syncPolicy: { automated: {} } });
    expect((await stage.post(`${v1}/automated/sync`, { revision: 'v1.0.0' })).json).toMatchObject({
      code: 9,
      message: 'Cannot sync to v1.0.0: auto-sync currently set to main',
    });
    expect((await stage.post(`${v1}/automated/rollback`, { id: 0 })).json).toMatchObject({
      code: 9,
      message: 'rollback cannot be initiated when auto-sync is enabled',
    });
    expect((await stage.post(`${v1}/automated/sync`, { revision: 'main' })).status).toBe(200);
  });

  it('refuse a revision that does not exist', async () => {
    await stage.create('unresolved');
    expect((await stage.post(`${v1}/unresolved/sync`, { revision: 'nope' })).json).toMatchObject({
      code: 9,
      message:
        "error resolving repo revision: rpc error: code = Unknown desc = unable to resolve 'nope' to a commit SHA",
    });
  });

  it('roll back to the source of a deployment', async () => {
    await stage.create('rolled');
    const source = { repoURL: 'https://git.example.com/apps.git', path: 'old', targetRevision: 'main' };
    await stage.server.patchApp('rolled', {
      status: { history: [{ id: 7, revision: 'c'.repeat(40), deployedAt: '2024-01-01T00:00:00Z', source }] },
    });
    await expect
      .poll(async () => (await stage.post(`${v1}/rolled/rollback`, { id: 7 })).json)
      .toMatchObject({
        operation: { sync: { revision: 'c'.repeat(40), source, syncStrategy: { apply: {} } } },
      });
    expect((await stage.post(`${v1}/rolled/rollback`, { id: 99 })).json).toMatchObject({
      code: 3,
      message: `application ${stage.server.namespace.name}/rolled does not have deployment with id 99`,
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
    await stage.create(name);
    expect((await stage.server.send('DELETE', `${v1}/${name}${query}`, { token: stage.token })).json).toEqual(
      {},
    );
    const app = await stage.server.findApp<Application>(name);
    expect([app?.metadata.finalizers, app?.metadata.deletionTimestamp]).toEqual([
      [finalizer],
      expect.any(String),
    ]);
    await stage.server.patchApp(name, { metadata: { finalizers: null } });
  });

  it('without cascade takes the Application alone', async () => {
    await stage.create('orphaned');
    await stage.server.patchApp('orphaned', {
      metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    });
    await stage.server.send('DELETE', `${v1}/orphaned?cascade=false`, { token: stage.token });
    await expect.poll(() => stage.server.findApp('orphaned')).toBeUndefined();
  });

  it('refuses a policy that does not exist', async () => {
    await stage.create('kept');
    expect(
      (await stage.server.send('DELETE', `${v1}/kept?propagationPolicy=zzz`, { token: stage.token })).json,
    ).toMatchObject({
      code: 3,
      message: 'invalid propagation policy: zzz',
    });
  });
});
