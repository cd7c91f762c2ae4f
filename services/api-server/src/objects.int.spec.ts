import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed, type Answer } from './testing/server.ts';

const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const CANARY = 'canary-of-the-secret';
const encoded = Buffer.from(CANARY).toString('base64');

let redis: RedisServer;
let server: TestServer;
let token: string;
let target: TestNamespace;
const log: string[] = [];

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log });
  token = await server.login();
  target = await server.kube.createNamespace('objects');
  await server.configure('argocd-cm', { 'accounts.dev': 'apiKey', 'accounts.viewer': 'apiKey' });
  await narrowProject();
  const destination = { server: 'https://kubernetes.default.svc', namespace: target.name };
  for (const [name, project] of Object.entries({ shop: 'default', kept: 'narrow' })) {
    const body = appNamed(name, { destination, project });
    const path = '/api/v1/applications?validate=false';
    expect((await server.send('POST', path, { token, body })).status).toBe(200);
  }
});

afterAll(async () => {
  await target.remove();
  await server.stop();
  await redis.stop();
});

beforeEach(async () => {
  for (const object of [settings, secret, deployment]) await server.kube.apply(placed(object) as never);
  const uid = (await live(settings))?.metadata.uid;
  const nodes = [node(settings, uid), node(secret), node(deployment), node(map('gone'))];
  const orphanedNodes = [node(map('orphan'))];
  await server.kube.apply(placed(map('orphan')) as never);
  await server.kube.apply(placed(map('foreign')) as never);
  for (const app of ['shop', 'kept'])
    await server.cache.set(`app|resources-tree|${app}`, JSON.stringify({ nodes, orphanedNodes }), 600_000);
});

const map = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { level: '<1>' },
});
const settings = map('settings');
const labels = { app: 'web' };
const secret: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'login', annotations: { 'example.com/key': CANARY, open: 'yes' } },
  data: { password: encoded, other: 'b3RoZXI=' },
};
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
  },
};

const placed = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace: target.name },
});

function identity({ apiVersion, kind, metadata }: KubeObject) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, kind, namespace: target.name, name: metadata.name ?? '' };
}
const node = (object: KubeObject, uid = 'x') => ({ ...identity(object), uid });

/** A project whose Applications may have config maps, and nothing else. */
async function narrowProject(): Promise<void> {
  await server.kube.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'narrow', namespace: server.namespace.name },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: target.name }],
      namespaceResourceWhitelist: [{ group: '', kind: 'ConfigMap' }],
    },
  } as never);
  await poll(async () => (await server.send('GET', '/api/v1/projects/narrow', { token })).status === 200, {
    what: 'the project is known',
  });
}

const live = ({ apiVersion, kind, metadata }: KubeObject): Promise<KubeObject | undefined> =>
  server.kube.find<KubeObject>({ apiVersion, kind, name: metadata.name ?? '', namespace: target.name });

interface Ask {
  readonly app?: string;
  readonly as?: string;
  readonly more?: Readonly<Record<string, string>>;
}

const pathOf = (object: KubeObject, { app = 'shop', more = {} }: Ask, part = ''): string => {
  const { name, ...rest } = identity(object);
  const query = new URLSearchParams({ ...rest, resourceName: name, ...more }).toString();
  return `/api/v1/applications/${app}/resource${part}?${query}`;
};

const get = (object: KubeObject, ask: Ask = {}): Promise<Answer> =>
  server.send('GET', pathOf(object, ask), { token: ask.as ?? token });

const patch = (object: KubeObject, text: string, ask: Ask & { type?: string } = {}): Promise<Answer> =>
  server.send('POST', pathOf(object, { ...ask, more: { patchType: ask.type ?? MERGE, ...ask.more } }), {
    token: ask.as ?? token,
    body: JSON.stringify(text),
  });

const remove = (object: KubeObject, ask: Ask = {}): Promise<Answer> =>
  server.send('DELETE', pathOf(object, ask), { token: ask.as ?? token });

const objectIn = ({ json }: Answer): KubeObject => JSON.parse(String(json['manifest'])) as KubeObject;

const tokenOf = async (name: string): Promise<string> => {
  let made = '';
  await poll(
    async () => {
      const { json } = await server.send('POST', `/api/v1/account/${name}/token`, { token, body: {} });
      made = typeof json['token'] === 'string' ? json['token'] : '';
      return made !== '';
    },
    { what: `${name} has a token` },
  );
  return made;
};

describe('getting an object', () => {
  it('gives the live one as text, its keys in order', async () => {
    const answer = await get(settings);
    expect(answer.status).toBe(200);
    expect(objectIn(answer)).toEqual(await live(settings));
    const text = String(answer.json['manifest']);
    expect(text.startsWith('{"apiVersion":"v1","data":{"level":"\\u003c1\\u003e"},"kind":"ConfigMap"')).toBe(
      true,
    );
  });

  it('gives orphaned objects too', async () => {
    expect((await get(map('orphan'))).status).toBe(200);
  });

  it('gives Secrets without their values, and annotations that are said to be secret', async () => {
    await server.configure('argocd-cm', { 'resource.sensitive.mask.annotations': 'example.com/key, x' });
    await expect.poll(async () => (await get(secret)).text, { timeout: 30_000 }).not.toContain(CANARY);
    const answer = await get(secret);
    expect(answer.text).not.toContain(encoded);
    expect(objectIn(answer)).toMatchObject({
      data: { password: '++++++++', other: '++++++++' },
      metadata: { annotations: { 'example.com/key': '++++++++', open: 'yes' } },
    });
  });

  it.each([
    ['of another owner', map('foreign'), 400, 'ConfigMap  foreign not found as part of application shop'],
    ['that is gone', map('gone'), 404, 'configmaps "gone" not found'],
  ])('refuses one %s', async (_what, object, status, message) => {
    const answer = await get(object);
    expect([answer.status, answer.json['message']]).toEqual([status, message]);
  });

  it('refuses what the project forbids, whatever the tree shows', async () => {
    expect((await get(settings, { app: 'kept' })).status).toBe(200);
    for (const act of [get, remove, (object: KubeObject, ask: Ask) => patch(object, '{}', ask)]) {
      const answer = await act(secret, { app: 'kept' });
      expect([answer.status, answer.text]).toEqual([
        403,
        expect.stringContaining('is not permitted to manage /Secret/login') as string,
      ]);
    }
    expect(await live(secret)).toBeDefined();
  });
});

describe('patching an object', () => {
  it.each([
    [MERGE, '{"data":{"level":"2","more":"x"}}', settings, { data: { level: '2', more: 'x' } }],
    [JSON_PATCH, '[{"op":"replace","path":"/data/level","value":"3"}]', settings, { data: { level: '3' } }],
    [
      STRATEGIC,
      '{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"web:2"}]}}}}',
      deployment,
      { spec: { template: { spec: { containers: [{ image: 'web:2', name: 'main' }] } } } },
    ],
  ])('of type %s changes it and answers with it', async (type, text, object, expected) => {
    const answer = await patch(object, text, { type });
    expect([answer.status, objectIn(answer)]).toMatchObject([200, expected]);
    const found = await live(object);
    expect(found).toMatchObject(expected);
    expect(found?.metadata['managedFields']).toContainEqual(
      expect.objectContaining({ manager: 'argocd', operation: 'Update' }),
    );
  });

  it('is told as an event of the Application', async () => {
    await patch(settings, '{"data":{"level":"4"}}');
    await expect
      .poll(async () => (await server.send('GET', '/api/v1/applications/shop/events', { token })).text, {
        timeout: 30_000,
      })
      .toContain(`admin patched resource /ConfigMap 'settings'`);
  });

  it.each([
    ['text/plain', '{}', 500, 'error patching resource: 415: Unsupported Media Type'],
    ['', '{}', 500, 'error patching resource: 415: Unsupported Media Type'],
    [MERGE, 'no json', 400, 'error patching resource: the patch is no JSON'],
    [MERGE, '{"metadata":{"name":"other"}}', 400, expect.stringContaining('does not match') as string],
    [JSON_PATCH, '[{"op":"test","path":"/data/level","value":"no"}]', 400, expect.any(String) as string],
  ])('of type %j with %s is refused', async (type, text, status, message) => {
    const before = await live(settings);
    const answer = await patch(settings, text, { type });
    expect([answer.status, answer.json['message']]).toEqual([status, message]);
    expect(await live(settings)).toEqual(before);
  });

  it('of a Secret answers without values and stores no masks', async () => {
    const good = await patch(secret, '{"metadata":{"labels":{"tier":"front"}}}');
    expect([good.status, objectIn(good).metadata.labels]).toEqual([200, { tier: 'front' }]);
    expect(good.text).not.toContain(encoded);
    const masked = await patch(secret, String(good.json['manifest']));
    expect([masked.status, masked.text]).toEqual([400, expect.stringContaining('masked values') as string]);
    expect(await live(secret)).toMatchObject({ data: { password: encoded } });
  });

  it.each([
    [JSON_PATCH, '[{"op":"copy","from":"/data/password","path":"/metadata/annotations/leak"}]'],
    [JSON_PATCH, `[{"op":"test","path":"/data/password","value":"${encoded}"}]`],
    [MERGE, `{"data":{"password":"not base64 ${CANARY}"}}`],
    [MERGE, `{"metadata":{"labels":{"x":"${CANARY} is no label"}}}`],
  ])('of a Secret by %s %s tells nothing of it', async (type, text) => {
    log.length = 0;
    const before = await live(secret);
    const answer = await patch(secret, text, { type });
    expect(answer.status).toBe(400);
    for (const said of [answer.text, log.join('\n')]) {
      expect(said).not.toContain(CANARY);
      expect(said).not.toContain(encoded);
    }
    expect(await live(secret)).toEqual(before);
  });
});

describe('deleting an object', () => {
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['waits for what it owns', {}, true],
    ['leaves what it owns', { orphan: 'true' }, false],
  ])('%s', async (_what, more, isWaiting) => {
    const uid = (await live(deployment))?.metadata.uid ?? '';
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, blockOwnerDeletion: true };
    const owned = map('owned');
    const held = { ...owned.metadata, finalizers: ['example.com/hold'], ownerReferences: [owner] };
    await server.kube.apply(placed({ ...owned, metadata: held }) as never);
    expect((await remove(deployment, { more })).status).toBe(200);
    const path = `/api/v1/namespaces/${target.name}/configmaps/owned`;
    if (isWaiting) {
      await expect
        .poll(async () => (await live(owned))?.metadata['deletionTimestamp'], { timeout: 30_000 })
        .toBeDefined();
      expect((await live(deployment))?.metadata.finalizers).toContain('foregroundDeletion');
    } else {
      await expect.poll(() => live(deployment), { timeout: 30_000 }).toBeUndefined();
      expect((await live(owned))?.metadata['deletionTimestamp']).toBeUndefined();
    }
    await server.kube.request('PATCH', path, { metadata: { finalizers: null } }, MERGE);
    await expect.poll(() => live(deployment), { timeout: 30_000 }).toBeUndefined();
    await server.kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'owned', namespace: target.name });
    await expect.poll(() => live(owned), { timeout: 30_000 }).toBeUndefined();
  });

  it('by force takes it away at once', async () => {
    expect((await remove(settings, { more: { force: 'true' } })).json).toEqual({});
    expect(await live(settings)).toBeUndefined();
    await expect
      .poll(async () => (await server.send('GET', '/api/v1/applications/shop/events', { token })).text, {
        timeout: 30_000,
      })
      .toContain(`admin deleted resource /ConfigMap 'settings'`);
  });

  it('of one that is not part of the Application does nothing', async () => {
    expect((await remove(map('foreign'))).status).toBe(400);
    expect(await live(map('foreign'))).toBeDefined();
  });
});

describe('rights to objects', () => {
  const policy = (...more: readonly string[]): Promise<void> =>
    server.configure('argocd-rbac-cm', {
      'policy.csv': ['p, role:any, applications, get, */*, allow', 'g, dev, role:any', ...more].join('\n'),
    });

  it('are those of the object itself, named whole', async () => {
    await policy(
      `p, dev, applications, update//ConfigMap/${target.name}/settings, default/shop, allow`,
      `p, dev, applications, delete//ConfigMap/*/settings, default/shop, allow`,
      'p, dev, applications, update, default/kept, allow',
    );
    const dev = await tokenOf('dev');
    await expect
      .poll(async () => (await patch(settings, '{"data":{"by":"dev"}}', { as: dev })).status, {
        timeout: 30_000,
      })
      .toBe(200);
    expect((await get(secret, { as: dev })).status).toBe(200);
    const refused = [
      await patch(deployment, '{}', { as: dev }),
      await remove(deployment, { as: dev }),
      await patch(settings, '{}', { as: dev, app: 'kept' }),
      await patch(settings, '{}', { as: dev, app: 'nosuch' }),
    ];
    expect(refused.map(({ status, json }) => [status, json['message']])).toEqual(
      refused.map(() => [403, 'permission denied']),
    );
    expect((await remove(settings, { as: dev, more: { force: 'true' } })).status).toBe(200);
  });

  it('come with the right to the Application where the settings say so', async () => {
    await policy('p, dev, applications, update, default/shop, allow');
    const dev = await tokenOf('dev');
    expect((await patch(settings, '{}', { as: dev })).status).toBe(403);
    const key = 'server.rbac.disableApplicationFineGrainedRBACInheritance';
    await server.configure('argocd-cm', { [key]: 'false' });
    await expect
      .poll(async () => (await patch(settings, '{}', { as: dev })).status, { timeout: 30_000 })
      .toBe(200);
    expect((await remove(settings, { as: dev })).status).toBe(403);
    await server.configure('argocd-cm', { [key]: undefined });
  });

  it('are nothing for those who may not see the Application', async () => {
    const viewer = await tokenOf('viewer');
    const paths = [
      pathOf(settings, {}),
      pathOf(settings, { app: 'nosuch' }),
      pathOf(settings, {}, '/links'),
      '/api/v1/applications/shop/events',
      '/api/v1/applications/nosuch/events',
      '/api/v1/applications/shop/links',
      '/api/v1/applications/shop/logs',
    ];
    const answers = await Promise.all(paths.map((path) => server.send('GET', path, { token: viewer })));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 403));
    expect(new Set(answers.map(({ text }) => /permission denied.*/u.exec(text)?.[0].slice(0, 17)))).toEqual(
      new Set(['permission denied']),
    );
  });
});

describe('events', () => {
  const event = (uid: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `settings.${uid}`, namespace: target.name },
    involvedObject: { kind: 'ConfigMap', name: 'settings', namespace: target.name, uid },
    reason: 'Told',
    message: `about ${uid}`,
  });
  const eventsOf = (uid: string, name = 'settings'): Promise<Answer> => {
    const query = { resourceNamespace: target.name, resourceName: name, resourceUID: uid };
    return server.send('GET', `/api/v1/applications/shop/events?${new URLSearchParams(query).toString()}`, {
      token,
    });
  };

  it('of an object are those about it, and of none but those of the tree', async () => {
    const uid = (await live(settings))?.metadata.uid ?? '';
    for (const about of [uid, 'other']) await server.kube.apply(event(about) as never);
    const { json } = await eventsOf(uid);
    expect((json['items'] as readonly KubeObject[]).map((item) => item['message'])).toEqual([`about ${uid}`]);
    const foreign = await eventsOf('other');
    expect([foreign.status, foreign.json['message']]).toEqual([
      400,
      'settings not found as part of application shop',
    ]);
  });
});

describe('links', () => {
  beforeAll(async () => {
    await server.configure('argocd-cm', {
      'application.links': JSON.stringify([
        {
          title: 'Monitor {{.app.metadata.name}}',
          url: 'https://mon.example.com/{{.application.spec.project}}',
        },
        {
          title: 'Cluster',
          url: 'https://c.example.com/{{.cluster.name}}',
          if: 'cluster.server contains "svc"',
        },
        { title: 'Script', url: 'javascript:alert("{{.app.metadata.name}}")' },
        { title: 'None', url: 'https://x', if: 'false' },
      ]),
      'resource.links': JSON.stringify([
        {
          title: '{{.resource.kind}}',
          url: 'https://l.example.com/{{.resource.metadata.name}}/{{.project.metadata.name}}',
          if: 'resource.kind == "Secret"',
        },
        { title: 'Leak', url: 'https://l.example.com/{{.resource.data.password}}' },
        { title: 'Data', url: 'data:text/html,{{.resource.metadata.name}}' },
      ]),
    });
    await poll(
      async () =>
        (await server.send('GET', '/api/v1/applications/shop/links', { token })).json['items'] !== undefined,
      { what: 'the links are known' },
    );
  });

  it('of an Application are those whose condition holds and whose address is no script', async () => {
    const { json } = await server.send('GET', '/api/v1/applications/shop/links', { token });
    expect(json).toEqual({
      items: [
        { title: 'Monitor shop', url: 'https://mon.example.com/default' },
        { title: 'Cluster', url: 'https://c.example.com/in-cluster' },
      ],
    });
  });

  it('of an object see it as it is shown: a Secret without values', async () => {
    const { json, text } = await server.send('GET', pathOf(secret, {}, '/links'), { token });
    expect(json).toEqual({
      items: [
        { title: 'Secret', url: 'https://l.example.com/login/default' },
        { title: 'Leak', url: 'https://l.example.com/++++++++' },
      ],
    });
    expect(text).not.toContain(encoded);
  });
});
