import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed, type Answer } from './testing/server.ts';

const MERGE = 'application/merge-patch+json';
const labels = { app: 'web' };

let redis: RedisServer;
let server: TestServer;
let token: string;
let target: TestNamespace;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  token = await server.login();
  target = await server.kube.createNamespace('actions');
  await server.kube.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace: server.namespace.name,
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
    },
  });
  for (const object of [deployment, cronJob, map('settings'), map('foreign')])
    await server.kube.apply(placed(object) as never);
  await narrowProject();
  const destination = { server: 'https://kubernetes.default.svc', namespace: target.name };
  for (const [name, project] of Object.entries({ shop: 'default', kept: 'narrow' }))
    await server.send('POST', '/api/v1/applications?validate=false', {
      token,
      body: appNamed(name, { destination, project }),
    });
  const nodes = [deployment, cronJob, map('settings'), map('gone')].map(nodeOf);
  for (const app of ['shop', 'kept'])
    await server.cache.set(`app|resources-tree|${app}`, JSON.stringify({ nodes }), 600_000);
});

afterAll(async () => {
  await target.remove();
  await server.stop();
  await redis.stop();
});

const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 1, selector: { matchLabels: labels }, template },
};
const cronJob: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: {
    schedule: '0 0 * * *',
    jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
  },
};
const map = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { level: '1', empty: '' },
});

const placed = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace: target.name },
});

function identityOf({ apiVersion, kind, metadata }: KubeObject) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, kind, namespace: target.name, name: metadata.name ?? '' };
}
const nodeOf = (object: KubeObject) => identityOf(object);

/** A project whose Applications may have Deployments and config maps, and nothing else. */
async function narrowProject(): Promise<void> {
  await server.kube.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'narrow', namespace: server.namespace.name },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: target.name }],
      namespaceResourceWhitelist: [
        { group: 'apps', kind: 'Deployment' },
        { group: '', kind: 'ConfigMap' },
      ],
    },
  } as never);
  await poll(async () => (await server.send('GET', '/api/v1/projects/narrow', { token })).status === 200, {
    what: 'the project is known',
    timeoutMs: 30_000,
  });
}

const query = (object: KubeObject): string => {
  const { name, ...rest } = identityOf(object);
  return new URLSearchParams({ ...rest, resourceName: name }).toString();
};

const list = async (object: KubeObject, app = 'shop'): Promise<unknown> => {
  const path = `/api/v1/applications/${app}/resource/actions?${query(object)}`;
  return (await server.send('GET', path, { token })).json;
};

interface Run {
  readonly app?: string;
  readonly params?: Readonly<Record<string, string>>;
}

const run = (
  object: KubeObject,
  action: string,
  { app = 'shop', params = {} }: Run = {},
): Promise<Answer> => {
  const { name, ...rest } = identityOf(object);
  return server.send('POST', `/api/v1/applications/${app}/resource/actions/v2`, {
    token,
    body: {
      ...rest,
      resourceName: name,
      action,
      resourceActionParameters: Object.entries(params).map(([key, value]) => ({ name: key, value })),
    },
  });
};

async function live(object: KubeObject): Promise<KubeObject> {
  const { kind, apiVersion, metadata } = object;
  const found = await server.kube.find<KubeObject>({
    kind,
    apiVersion,
    name: metadata.name ?? '',
    namespace: target.name,
  });
  if (found === undefined) throw new Error(`${kind} ${metadata.name ?? ''} is gone`);
  return found;
}

const exists = async (kind: string, apiVersion: string, name: string): Promise<boolean> =>
  (await server.kube.find({ kind, apiVersion, name, namespace: target.name })) !== undefined;

async function customize(data: Readonly<Record<string, string | null>>): Promise<void> {
  const path = `/api/v1/namespaces/${server.namespace.name}/configmaps/argocd-cm`;
  await server.kube.request('PATCH', path, { data }, MERGE);
}

/** Waits until the server obeys the settings: `list` names the actions. */
const offers = async (object: KubeObject, names: readonly string[]): Promise<void> => {
  await poll(
    async () => {
      const { actions = [] } = (await list(object)) as { actions?: readonly { name: string }[] };
      return actions.map(({ name }) => name).join() === names.join();
    },
    { what: `${object.kind} offers ${names.join()}`, timeoutMs: 30_000 },
  );
};

describe('built-in actions', () => {
  it('are listed by name as the object is now', async () => {
    expect(await list(deployment)).toEqual({
      actions: [
        { name: 'pause', iconClass: 'fa fa-fw fa-pause-circle' },
        { name: 'restart', iconClass: 'fa fa-fw fa-redo' },
        { name: 'resume', disabled: true, iconClass: 'fa fa-fw fa-play-circle' },
        { name: 'scale', params: [{ name: 'replicas' }], iconClass: 'fa fa-fw fa-plus-circle' },
      ],
    });
  });

  it('change the live object, and no more of it than they say', async () => {
    const before = await live(deployment);
    expect((await run(deployment, 'restart')).status).toBe(200);
    const restarted = await live(deployment);
    expect(restarted).toMatchObject({
      spec: {
        template: {
          metadata: {
            annotations: { 'kubectl.kubernetes.io/restartedAt': expect.stringMatching(/Z$/u) as string },
          },
        },
      },
    });
    expect((await run(deployment, 'scale', { params: { replicas: '4' } })).status).toBe(200);
    const scaled = await live(deployment);
    expect(scaled).toMatchObject({ spec: { replicas: 4 } });
    expect({ ...(scaled['spec'] as object), replicas: 0, template: 0 }).toEqual({
      ...(before['spec'] as object),
      replicas: 0,
      template: 0,
    });
  });

  it.each([['many'], ['-1'], ['']])('refuse the parameter %j', async (replicas) => {
    const before = await live(deployment);
    const { status, json } = await run(deployment, 'scale', { params: { replicas } });
    expect([status, json['message']]).toEqual([400, expect.stringContaining('replicas') as string]);
    expect((await live(deployment))['spec']).toEqual(before['spec']);
  });

  it('create what they are to create, owned by the object', async () => {
    expect((await run(cronJob, 'create-job')).status).toBe(200);
    const jobs = await server.kube.request<{ items: KubeObject[] }>(
      'GET',
      `/apis/batch/v1/namespaces/${target.name}/jobs`,
    );
    expect(jobs.items).toHaveLength(1);
    expect(jobs.items[0]).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'CronJob', name: 'nightly' }] },
    });
  });
});

describe('custom actions', () => {
  const key = 'resource.customizations.actions.ConfigMap';
  const actions = (more = ''): string =>
    [
      'discovery.lua: |',
      '  return {raise = {params = {{name = "to"}}, iconClass = "up"}, spread = {}, loop = {}, steal = {}, bad = {}}',
      'definitions:',
      '- name: raise',
      '  action.lua: |',
      '    obj.data.level = actionParams["to"]',
      '    return obj',
      '- name: spread',
      '  action.lua: |',
      '    local made = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "made"}, data = {a = "b"}}',
      '    return {{operation = "create", resource = made}, {operation = "patch", resource = obj}}',
      '- name: half',
      '  action.lua: |',
      '    obj.data.level = "half"',
      '    local bad = {apiVersion = "v1", kind = "Service", metadata = {name = "half"}, spec = {ports = {}}}',
      '    return {{operation = "patch", resource = obj}, {operation = "create", resource = bad}}',
      '- name: loop',
      '  action.lua: while true do end',
      '- name: steal',
      '  action.lua: |',
      '    obj.metadata.name = "foreign"',
      '    obj.data.level = "stolen"',
      '    return obj',
      '- name: secret',
      '  action.lua: |',
      '    local made = {apiVersion = "v1", kind = "Secret", metadata = {name = "planted"}}',
      '    return {{operation = "create", resource = made}}',
      '- name: bad',
      '  action.lua: return 1',
      more,
    ].join('\n');

  beforeAll(async () => {
    await customize({ [key]: actions() });
    await offers(map('settings'), ['bad', 'loop', 'raise', 'spread', 'steal']);
  });

  it('are discovered with their parameters, and get them', async () => {
    expect(await list(map('settings'))).toMatchObject({
      actions: expect.arrayContaining([
        { name: 'raise', params: [{ name: 'to' }], iconClass: 'up' },
      ]) as unknown[],
    });
    expect((await run(map('settings'), 'raise', { params: { to: '7' } })).status).toBe(200);
    expect(await live(map('settings'))).toMatchObject({ data: { level: '7', empty: '' } });
  });

  it('create objects in the namespace of theirs', async () => {
    expect((await run(map('settings'), 'spread')).status).toBe(200);
    expect(await exists('ConfigMap', 'v1', 'made')).toBe(true);
  });

  it('write nothing where the API server refuses one of the new objects', async () => {
    const before = await live(map('settings'));
    expect((await run(map('settings'), 'half')).status).toBeGreaterThanOrEqual(400);
    expect((await live(map('settings'))).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it('that loop are stopped, and others go on meanwhile', async () => {
    const begin = performance.now();
    const loop = run(map('settings'), 'loop');
    expect((await run(deployment, 'pause')).status).toBe(200);
    const { status, text } = await loop;
    expect([status, text]).toEqual([500, expect.stringContaining('did not finish within') as string]);
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect((await run(deployment, 'resume')).status).toBe(200);
  });

  it.each([
    ['steal', 'ConfigMap', 'foreign', /is no resource of application shop/u],
    ['bad', 'ConfigMap', 'settings', /expect table output from Lua script/u],
    ['unknown', 'ConfigMap', 'settings', /built-in script does not exist/u],
  ])('like %s are refused with the reason', async (action, kind, name, reason) => {
    const before = await live({ ...map(name), kind });
    const { status, text } = await run(map('settings'), action);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).toMatch(reason);
    expect((await live({ ...map(name), kind })).metadata.resourceVersion).toBe(
      before.metadata.resourceVersion,
    );
  });

  it('replace the built-in ones of their kind, unless they are merged', async () => {
    const own = 'discovery.lua: return {restart = {displayName = "Ours"}}\ndefinitions: []\n';
    const ofDeployments = 'resource.customizations.actions.apps_Deployment';
    await customize({ [ofDeployments]: own });
    await offers(deployment, ['restart']);
    await customize({ [ofDeployments]: `${own}mergeBuiltinActions: true\n` });
    await offers(deployment, ['pause', 'restart', 'resume', 'scale']);
    expect(await list(deployment)).toMatchObject({
      actions: expect.arrayContaining([{ name: 'restart', displayName: 'Ours' }]) as unknown[],
    });
    await customize({ [ofDeployments]: null });
    await expect
      .poll(() => list(deployment), { timeout: 30_000 })
      .not.toMatchObject({
        actions: expect.arrayContaining([{ name: 'restart', displayName: 'Ours' }]) as unknown[],
      });
  });

  it('stay within the project', async () => {
    expect((await run(map('settings'), 'raise', { app: 'kept', params: { to: '9' } })).status).toBe(200);
    const refused = await run(map('settings'), 'secret', { app: 'kept' });
    expect([refused.status, refused.json['message']]).toEqual([
      403,
      expect.stringContaining('is not permitted to manage /Secret/planted') as string,
    ]);
    expect(await exists('Secret', 'v1', 'planted')).toBe(false);
    expect((await run(cronJob, 'suspend', { app: 'kept' })).status).toBe(403);
  });
});

describe('objects', () => {
  it.each([
    ['that are not of the Application', map('foreign'), 400, 'not found as part of application shop'],
    ['that are gone', map('gone'), 404, 'not found'],
  ])('%s are not acted upon', async (_what, object, status, message) => {
    const answer = await run(object, 'raise', { params: { to: '1' } });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(message) as string]);
  });

  it('may be the Application itself', async () => {
    const app: KubeObject = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'shop' },
    };
    const { name, ...rest } = { ...identityOf(app), namespace: server.namespace.name };
    const answer = await server.send('POST', '/api/v1/applications/shop/resource/actions/v2', {
      token,
      body: { ...rest, resourceName: name, action: 'toggle-auto-sync' },
    });
    expect(answer.status).toBe(200);
    const found = await server.kube.find({ ...identityRef(app), namespace: server.namespace.name });
    expect(found).toMatchObject({ spec: { syncPolicy: { automated: {} } } });
  });

  const identityRef = ({ apiVersion, kind, metadata }: KubeObject) => ({
    apiVersion,
    kind,
    name: metadata.name ?? '',
  });
});
