import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProto, encodeProto, apiSchema } from '@tiphys/adapter-argo-api';
import type { MethodShape } from '@tiphys/adapter-argo-api';
import { stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import type { RawReply } from '@tiphys/testing/raw-grpc';
import { TestServer, appNamed } from './testing/server.ts';

let redis: RedisServer;
let server: TestServer;
let token: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  token = await server.login();
  for (const name of ['gb', 'other']) {
    await server.send('POST', '/api/v1/applications?validate=false', { token, body: appNamed(name) });
  }
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const methodOf = (path: string): MethodShape => {
  const method = apiSchema().methods.get(path);
  if (!method) throw new Error(`no method ${path}`);
  return method;
};

async function call(
  path: string,
  request: JsonObject,
  headers: Readonly<Record<string, string>> = { token },
): Promise<RawReply & { readonly reply: JsonObject }> {
  const method = methodOf(path);
  const raw = await rawGrpc(server.port, path, {
    headers,
    messages: [Buffer.from(encodeProto(method.request, request))],
  });
  return {
    ...raw,
    reply: raw.messages[0] ? (decodeProto(method.response, raw.messages[0]) as JsonObject) : {},
  };
}

const APPS = '/application.ApplicationService';

describe('gRPC', () => {
  it('logs in and tells who is logged in, by each way that a token travels', async () => {
    const { reply } = await call(
      '/session.SessionService/Create',
      { username: 'admin', password: await server.password() },
      {},
    );
    const session = stringAt(reply, 'token') ?? '';
    for (const headers of [
      { token: session },
      { authorization: `Bearer ${session}` },
      { 'grpcgateway-cookie': `argocd.token=${session}` },
    ]) {
      expect((await call('/session.SessionService/GetUserInfo', {}, headers)).reply).toEqual({
        loggedIn: true,
        username: 'admin',
        iss: 'argocd',
      });
    }
    expect((await call('/session.SessionService/GetUserInfo', {}, {})).reply).toEqual({});
  });

  it('lists and gets what REST lists and gets', async () => {
    const list = await call(`${APPS}/List`, {});
    expect((list.reply['items'] as readonly JsonObject[]).map((app) => app['metadata'])).toEqual([
      expect.objectContaining({ name: 'gb', creationTimestamp: expect.stringMatching(/Z$/) }),
      expect.objectContaining({ name: 'other' }),
    ]);
    const rest = await server.send('GET', '/api/v1/applications/gb', { token });
    const { reply } = await call(`${APPS}/Get`, { name: 'gb' });
    expect(reply['spec']).toEqual(rest.json['spec']);
  });

  it.each([
    ['no token', `${APPS}/List`, {}, {}, 16, 'no session information'],
    [
      'a bad token',
      `${APPS}/List`,
      {},
      { token: 'a.b' },
      16,
      'invalid session: token is malformed: token contains an invalid number of segments',
    ],
    ['an absent Application', `${APPS}/Get`, { name: 'nosuch' }, undefined, 7, 'permission denied'],
    [
      'another project',
      `${APPS}/Get`,
      { name: 'gb', projects: ['zz'] },
      undefined,
      5,
      'applications.argoproj.io "gb" not found',
    ],
    [
      'an absent project',
      '/project.ProjectService/Get',
      { name: 'nosuch' },
      undefined,
      5,
      'appprojects.argoproj.io "nosuch" not found',
    ],
    [
      'an old client',
      '/version.VersionService/Version',
      {},
      { 'user-agent': 'argocd-client/v1.3.9 grpc-go/1.2' },
      9,
      expect.stringContaining('too old'),
    ],
  ])('refuses %s', async (_what, path, request, headers, code, message) => {
    const answer = await call(path, request, headers);
    expect([answer.status, answer.grpcStatus, answer.grpcMessage]).toEqual([200, code, message]);
  });

  it('refuses bytes that are no message', async () => {
    const raw = await rawGrpc(server.port, `${APPS}/Get`, {
      headers: { token },
      messages: [Buffer.from('Cv8=', 'base64')],
    });
    expect([raw.grpcStatus, raw.grpcMessage]).toEqual([
      13,
      'grpc: error unmarshalling request: unexpected EOF',
    ]);
  });

  it('creates, syncs and deletes', async () => {
    server.repoServer.paths['web'] = [];
    const created = await call(`${APPS}/Create`, { application: appNamed('made') as JsonObject });
    expect(created.grpcStatus).toBe(0);
    const synced = await call(`${APPS}/Sync`, {
      name: 'made',
      prune: false,
      strategy: { hook: { force: false } },
    });
    expect(synced.reply).toMatchObject({
      operation: {
        sync: { revision: 'a'.repeat(40), syncStrategy: { hook: {} } },
        initiatedBy: { username: 'admin' },
      },
    });
    expect((await call(`${APPS}/Delete`, { name: 'made', cascade: false })).grpcStatus).toBe(0);
    await expect.poll(() => server.findApp('made')).toBeUndefined();
  });

  it('streams until the deadline of the caller', async () => {
    const { messages } = await rawGrpc(server.port, `${APPS}/Watch`, {
      headers: { token, 'grpc-timeout': '700m' },
      messages: [Buffer.from(encodeProto(methodOf(`${APPS}/Watch`).request, { name: 'gb' }))],
    });
    expect(messages.map((bytes) => decodeProto(methodOf(`${APPS}/Watch`).response, bytes))).toEqual([
      expect.objectContaining({
        type: 'ADDED',
        application: expect.objectContaining({ metadata: expect.objectContaining({ name: 'gb' }) }),
      }),
    ]);
  });

  it('answers every RPC that has no handler in one way', async () => {
    const served = new Set<number>();
    for (const method of apiSchema().methods.values()) {
      if (method.clientStreams || method.serverStreams || method.service === APPS.slice(1)) continue;
      served.add((await call(method.path, requestFor(method))).grpcStatus);
    }
    expect([...served].every((code) => [0, 2, 3, 5, 7, 9, 12, 16].includes(code))).toBe(true);
  });
});

/** A request with its required fields. */
const requestFor = (method: MethodShape): JsonObject =>
  Object.fromEntries(
    method.request.fields
      .filter(({ required }) => required)
      .map(({ key, kind }) => [key, kind === 'bool' ? false : kind === 'string' ? '' : 0]),
  );
