import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { packFiles } from '@tiphys/testing/helm-repo';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { rawGrpc, type RawReply } from '@tiphys/testing/raw-grpc';
import { methodOf } from '@tiphys/testing/recordings/calls';
import { TestServer, appNamed } from '../../testing/server.ts';

const SERVER = 'https://kubernetes.default.svc';
const UPLOAD = '/application.ApplicationService/GetManifestsWithFiles';
const DIFF = '/application.ApplicationService/ServerSideDiff';
const VALUE = 'dG9wLXNlY3JldC12YWx1ZQ==';
const PLAIN = 'top-secret-value';

let redis: RedisServer;
let server: TestServer;
let admin: string;
let alice: string;
let target: TestNamespace;
let other: TestNamespace;

async function loginOf(name: string): Promise<string> {
  const body = { name, currentPassword: await server.password(), newPassword: `${name}pass1` };
  await server.send('PUT', '/api/v1/account/password', { token: admin, body });
  const login = { username: name, password: `${name}pass1` };
  const { json } = await server.send('POST', '/api/v1/session', { body: login });
  return String(json['token']);
}

const apply = (object: JsonObject): Promise<unknown> => server.kube.apply(object as never);
const map = (name: string, namespace: string, data: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
const secret = (name: string, data: JsonObject): JsonObject => ({
  ...map(name, target.name, data),
  kind: 'Secret',
});

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  admin = await server.login();
  [target, other] = await Promise.all([
    server.kube.createNamespace('mine'),
    server.kube.createNamespace('their'),
  ]);
  await server.configure('argocd-cm', {
    'accounts.alice': 'login',
    'resource.sensitive.mask.annotations': 'example.com/token',
  });
  await server.configure('argocd-rbac-cm', {
    'policy.csv':
      'p, alice, applications, get, narrow/shop, allow\np, alice, applications, sync, narrow/shop, allow',
  });
  await apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'narrow', namespace: server.namespace.name },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: target.name }],
      namespaceResourceBlacklist: [{ group: 'apps', kind: 'Deployment' }],
    },
  });
  await poll(
    async () => (await server.send('GET', '/api/v1/projects/narrow', { token: admin })).status === 200,
    {
      what: 'the project is known',
      timeoutMs: 30_000,
    },
  );
  const destination = { server: SERVER, namespace: target.name };
  for (const [name, project] of [
    ['shop', 'narrow'],
    ['hidden', 'default'],
  ] as const)
    await server.send('POST', '/api/v1/applications?validate=false', {
      token: admin,
      body: appNamed(name, { project, destination }),
    });
  await apply(map('settings', target.name, { color: 'red' }));
  await apply(map('foreign', target.name, { token: PLAIN }));
  await apply(map('theirs', other.name, { token: PLAIN }));
  await apply(secret('login', { password: VALUE }));
  const item = (kind: string, name: string, state: JsonObject): JsonObject => ({
    ...{ group: '', kind, namespace: target.name, name },
    ...Object.fromEntries(
      ['targetState', 'liveState', 'normalizedLiveState', 'predictedLiveState'].map((key) => [
        key,
        JSON.stringify(state),
      ]),
    ),
  });
  const managed = [
    item('ConfigMap', 'settings', map('settings', target.name, { color: 'red' })),
    item('Secret', 'login', secret('login', { password: '++++++++' })),
  ];
  await server.cache.set('app|managed-resources|shop', JSON.stringify(managed), 600_000);
  const made = secret('made', { password: VALUE });
  const annotations = { 'example.com/token': PLAIN };
  server.repoServer.paths['web'] = [
    { ...made, metadata: { ...(made['metadata'] as JsonObject), annotations } },
  ];
  alice = await loginOf('alice');
});

afterAll(async () => {
  await Promise.all([target.remove(), other.remove()]);
  await server.stop();
  await redis.stop();
});

async function call(path: string, messages: readonly JsonObject[], token = alice): Promise<RawReply> {
  const { request } = methodOf(path);
  const sent = messages.map((message) => Buffer.from(encodeProto(request, message)));
  return await rawGrpc(server.port, path, { headers: { token }, messages: sent });
}

async function upload(name: string, more: JsonObject = {}, token = alice): Promise<RawReply> {
  const archive = await packFiles({ 'web/a.yaml': 'a: 1\n' });
  const checksum = createHash('sha256').update(archive).digest('hex');
  const query = { name, checksum, ...more };
  return await call(UPLOAD, [{ query }, { chunk: { chunk: archive.toString('base64') } }], token);
}

const diff = async (request: JsonObject, token = alice): Promise<RawReply> =>
  await call(DIFF, [{ appName: 'shop', ...request }], token);

const targets = (...objects: readonly JsonObject[]): JsonObject => ({
  targetManifests: objects.map((object) => JSON.stringify(object)),
});

const replyOf = ({ messages }: RawReply, path: string): JsonObject =>
  decodeProto(methodOf(path).response, messages[0] ?? Buffer.alloc(0)) as JsonObject;
const itemsOf = (reply: RawReply): readonly JsonObject[] =>
  (replyOf(reply, DIFF)['items'] ?? []) as readonly JsonObject[];

const paths = (name: string): readonly string[] =>
  [
    `revisions/${'a'.repeat(40)}/metadata`,
    'revisions/0.1.0/chartdetails',
    'revisions/0.1.0/ocimetadata',
    'manifests',
  ].map((rest) => `/api/v1/applications/${name}/${rest}`);

describe('A23: what a caller may not see', () => {
  it('is told of as what is not there, whatever is asked of it', async () => {
    for (const [hidden, absent] of paths('hidden').map((path, at) => [path, paths('absent')[at] ?? ''])) {
      const [first, second] = await Promise.all(
        [hidden, absent].map((path) => server.send('GET', path ?? '', { token: alice })),
      );
      expect([first?.status, first?.text]).toEqual([403, second?.text]);
    }
    const replies = await Promise.all([
      upload('hidden'),
      upload('absent'),
      diff({ appName: 'hidden' }),
      diff({ appName: 'absent' }),
    ]);
    expect(new Set(replies.map(({ grpcStatus, grpcMessage }) => `${grpcStatus} ${grpcMessage}`)).size).toBe(
      1,
    );
    expect(replies[0]).toMatchObject({ grpcStatus: 7, grpcMessage: 'permission denied' });
    expect(server.repoServer.uploaded).toBe(0);
  });

  it('does not differ where a project is named', async () => {
    const [hidden, absent] = await Promise.all([
      upload('hidden', { project: 'default' }),
      upload('absent', { project: 'default' }),
    ]);
    expect(hidden.grpcMessage).toBe(absent.grpcMessage);
  });

  it('is no upload of strangers', async () => {
    expect((await upload('shop', {}, 'no.token.here')).grpcStatus).toBe(16);
  });
});

describe('A1: manifests of uploaded files', () => {
  it('hold no value of a Secret', async () => {
    const reply = await upload('shop');
    expect(reply.grpcStatus).toBe(0);
    expect(JSON.stringify(replyOf(reply, UPLOAD))).toContain('++++++++');
    const { text } = await server.send('GET', '/api/v1/applications/shop/manifests', { token: alice });
    for (const told of [text, reply.messages[0]?.toString('latin1') ?? '']) {
      expect(told).toContain('++++++++');
      expect(told).not.toContain(VALUE);
      expect(told).not.toContain(PLAIN);
    }
  });
});

describe('A32: a sync of local manifests', () => {
  it('needs the right to override', async () => {
    const body = { name: 'shop', manifests: [JSON.stringify(map('settings', target.name, {}))] };
    const refused = await server.send('POST', '/api/v1/applications/shop/sync', { token: alice, body });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('applications, override')]);
  });

  it('takes no masked Secret for a Secret', async () => {
    const body = { name: 'shop', manifests: [JSON.stringify(secret('login', { password: '++++++++' }))] };
    const refused = await server.send('POST', '/api/v1/applications/shop/sync', { token: admin, body });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('masked')]);
  });
});

describe('A44 and A45: a comparison on the server', () => {
  const liveOf = (kind: string, name: string): JsonValue => ({
    ...{ group: '', kind, namespace: target.name, name, liveState: '{}' },
  });

  it('merges what is live with what is to be', async () => {
    const [item, ...more] = itemsOf(await diff(targets(map('settings', target.name, { color: 'blue' }))));
    expect(more).toEqual([]);
    expect(item?.['targetState']).toContain('"color":"blue"');
    expect(item?.['liveState']).toContain('"color":"red"');
    expect(item?.['modified']).toBe(true);
  });

  it('never merges a Secret that a caller brings with a live one', async () => {
    for (const request of [
      targets(secret('login', {})),
      targets(secret('login', { password: '++++++++', more: 'eA==' })),
      targets({ ...secret('login', {}), metadata: { name: 'login' } }),
      { liveResources: [liveOf('Secret', 'login')] },
      { liveResources: [liveOf('Secret', 'login')], ...targets(secret('login', { other: 'eA==' })) },
    ]) {
      const reply = await diff(request);
      const text = reply.messages.map((message) => message.toString('latin1')).join('') + reply.grpcMessage;
      expect(text).not.toContain(VALUE);
      expect(text).not.toContain(PLAIN);
      const [item] = itemsOf(reply);
      expect(JSON.stringify(item)).toContain('++++++++');
    }
  });

  it('looks at nothing that is not the application’s own', async () => {
    const foreign = await diff(targets(map('foreign', target.name, {})));
    expect(itemsOf(foreign)).toEqual([expect.objectContaining({ name: 'foreign', modified: true })]);
    expect(itemsOf(foreign)[0]?.['liveState'] ?? '').toBe('');
    expect(foreign.messages[0]?.toString('latin1')).not.toContain(PLAIN);
    for (const name of ['foreign', 'nowhere'])
      expect(await diff({ liveResources: [liveOf('ConfigMap', name)] })).toMatchObject({
        grpcStatus: 7,
        grpcMessage: expect.stringMatching(`${name} is no resource of application shop`) as unknown,
      });
  });

  it('asks the project for place and kind', async () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: {} };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'any' } };
    for (const object of [map('theirs', other.name, {}), deployment, namespace])
      expect(await diff(targets(object))).toMatchObject({
        grpcStatus: 7,
        grpcMessage: expect.stringContaining('is not permitted to manage') as unknown,
      });
  });

  it('writes nothing', async () => {
    const found = await server.kube.find<{ data: JsonObject }>({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace: target.name },
    });
    expect(found?.data).toEqual({ color: 'red' });
  });

  it.each([
    ['no JSON', { targetManifests: ['{'] }, 3],
    ['no object', { targetManifests: ['[]'] }, 3],
    [
      'an object without a name',
      { targetManifests: ['{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}'] },
      3,
    ],
    ['too many objects', { targetManifests: Array.from({ length: 1_001 }, () => 'null') }, 8],
    [
      '__proto__',
      { targetManifests: ['{"__proto__":{"kind":"Secret"},"apiVersion":"v1","metadata":{"name":"x"}}'] },
      3,
    ],
  ])('refuses %s', async (_name, request, status) => {
    expect((await diff(request)).grpcStatus).toBe(status);
  });
});
