import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiSchema, decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import type { JsonObject } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { TestServer, appNamed } from '../../testing/server.ts';

const WAIT = { timeout: 30_000 };
const APPS = '/api/v1/applications';

interface List {
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly { readonly metadata: { readonly name: string } }[] | null;
  readonly facets?: JsonObject;
}

let redis: RedisServer;
let server: TestServer;
let admin: string;
let ann: string;

const list = async (query: string, token = admin): Promise<List> =>
  (await server.send('GET', `${APPS}?${query}`, { token })).json as unknown as List;
const names = ({ items }: List): readonly string[] => (items ?? []).map(({ metadata }) => metadata.name);

async function makeApps(): Promise<void> {
  const states = [
    ['a-web', 'Healthy', 'Synced', 'default'],
    ['b-api', 'Degraded', 'OutOfSync', 'default'],
    ['c-db', 'Healthy', 'OutOfSync', 'secret'],
    ['d-job', 'Progressing', 'Synced', 'default'],
    ['e-old', 'Degraded', 'Synced', 'secret'],
  ] as const;
  const project = {
    metadata: { name: 'secret' },
    spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
  };
  await server.send('POST', '/api/v1/projects', { token: admin, body: { project } });
  for (const [name, health, sync, inProject] of states) {
    const body = appNamed(name, { project: inProject });
    const { status } = await server.send('POST', `${APPS}?validate=false`, { token: admin, body });
    expect(status).toBe(200);
    await server.patchApp(name, {
      status: {
        health: { status: health },
        sync: { status: sync, comparedTo: { source: { repoURL: '' }, destination: {} } },
      },
    });
  }
  await vi.waitFor(
    async () => expect(names(await list('health=Degraded&sort=-name'))).toEqual(['e-old', 'b-api']),
    WAIT,
  );
}

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  admin = await server.login();
  await server.configure('argocd-cm', { 'accounts.ann': 'login' });
  await server.configure('argocd-rbac-cm', {
    'policy.csv': 'p, ann, applications, get, default/*, allow',
  });
  const body = { name: 'ann', currentPassword: await server.password(), newPassword: 'ann-password' };
  await vi.waitFor(async () => {
    const { status } = await server.send('PUT', '/api/v1/account/password', { token: admin, body });
    expect(status).toBe(200);
  }, WAIT);
  const login = { body: { username: 'ann', password: 'ann-password' } };
  ann = String((await server.send('POST', '/api/v1/session', login)).json['token']);
  await makeApps();
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('a list over REST', () => {
  it('has nothing of pages and counts unless they are asked for', async () => {
    const all = await list('');
    expect(names(all)).toEqual(['a-web', 'b-api', 'c-db', 'd-job', 'e-old']);
    expect(Object.keys(all)).toEqual(['metadata', 'items']);
    expect(Object.keys(all.metadata)).toEqual(['resourceVersion']);
  });

  it('comes in pages', async () => {
    const first = await list('limit=2&sort=-name');
    expect([names(first), first.metadata.remainingItemCount]).toEqual([['e-old', 'd-job'], 3]);
    const next = await list(`limit=2&sort=-name&continue=${first.metadata.continue ?? ''}`);
    expect([names(next), next.metadata.remainingItemCount]).toEqual([['c-db', 'b-api'], 1]);
    const last = await list(`limit=2&sort=-name&continue=${next.metadata.continue ?? ''}`);
    expect([names(last), last.metadata]).toEqual([
      ['a-web'],
      { resourceVersion: expect.any(String) as string },
    ]);
  });

  it('goes on in another replica', async () => {
    const { metadata } = await list('limit=3');
    const second = await TestServer.start({ redis, namespace: server.namespace });
    try {
      const { json } = await second.send('GET', `${APPS}?limit=3&continue=${metadata.continue ?? ''}`, {
        token: admin,
      });
      expect(names(json as unknown as List)).toEqual(['d-job', 'e-old']);
    } finally {
      await second.stop();
    }
  });

  it('counts over all pages, and keeps the counts whatever fields are selected', async () => {
    const { facets, items } = await list('facets=true&limit=1&health=Degraded&fields=items.metadata.name');
    expect(items).toEqual([{ metadata: { name: 'b-api' } }]);
    expect(facets).toEqual({
      total: 2,
      health: { Degraded: 2, Healthy: 2, Progressing: 1 },
      syncStatus: { OutOfSync: 1, Synced: 1 },
      project: { default: 1, secret: 1 },
      cluster: { 'https://kubernetes.default.svc': 2 },
      destinationNamespace: { web: 2 },
    });
  });

  it('counts an empty list', async () => {
    expect(await list('facets=true&search=nothing')).toMatchObject({
      items: null,
      facets: { total: 0, health: {}, project: {} },
    });
  });

  it('takes the own cluster by its name', async () => {
    expect(names(await list('cluster=in-cluster'))).toHaveLength(5);
    expect(names(await list('cluster=in-cluster', ann))).toEqual([]);
  });

  it.each([
    ['limit=-1', 'limit: -1'],
    ['limit=x', 'strconv.ParseInt'],
    ['limit=99999999999999999999', 'limit: 99999999999999999999'],
    ['continue=abc', 'continue: this is no token of a list'],
    ['health=Fine', "health: 'Fine' is none of"],
    ['syncStatus=', "syncStatus: '' is none of"],
    ['sort=constructor', "sort: 'constructor' is none of"],
    ['facets=perhaps', 'strconv.ParseBool'],
  ])('refuses %s', async (query, message) => {
    const { status, json } = await server.send('GET', `${APPS}?${query}`, { token: admin });
    expect([status, json['code']]).toEqual([400, 3]);
    expect(json['message']).toContain(message);
  });
});

describe('the rights of the caller', () => {
  it('come before counts and pages', async () => {
    const first = await list('limit=2&facets=true', ann);
    expect(names(first)).toEqual(['a-web', 'b-api']);
    expect(first.metadata.remainingItemCount).toBe(1);
    expect(first.facets).toMatchObject({ total: 3, project: { default: 3 }, health: { Healthy: 1 } });
    const next = await list(`limit=2&continue=${first.metadata.continue ?? ''}`, ann);
    expect(names(next)).toEqual(['d-job']);
  });

  it('hold for a token that somebody else was given', async () => {
    const { metadata } = await list('limit=1&projects=secret');
    expect(names(await list(`projects=secret&continue=${metadata.continue ?? ''}`, ann))).toEqual([]);
    expect(names(await list(`projects=secret&continue=${metadata.continue ?? ''}`))).toEqual(['e-old']);
  });
});

describe('a list over gRPC', () => {
  const path = '/application.ApplicationService/List';
  const method = apiSchema().methods.get(path);
  const call = async (request: JsonObject): Promise<{ readonly status: number; readonly list: List }> => {
    if (!method) throw new Error(`no method ${path}`);
    const messages = [Buffer.from(encodeProto(method.request, request))];
    const reply = await rawGrpc(server.port, path, { headers: { token: admin }, messages });
    const decoded = decodeProto(method.response, reply.messages[0] ?? Buffer.alloc(0));
    return { status: reply.grpcStatus, list: decoded as unknown as List };
  };

  it('pages, filters and counts by the same rules', async () => {
    const { list: first } = await call({ limit: 2, syncStatus: ['Synced'], facets: true });
    expect(names(first)).toEqual(['a-web', 'd-job']);
    expect(first.metadata.remainingItemCount).toBe(1);
    expect(first.facets).toMatchObject({ total: 3, syncStatus: { Synced: 3, OutOfSync: 2 } });
    const { list: last } = await call({ syncStatus: ['Synced'], continue: first.metadata.continue ?? '' });
    expect(names(last)).toEqual(['e-old']);
    expect((await call({ continue: '?' })).status).toBe(3);
  });
});

describe('a stream', () => {
  it('follows Applications into its filter and out of it', async () => {
    const abort = new AbortController();
    const response = await fetch(
      `http://127.0.0.1:${server.port}/api/v1/stream/applications?health=Degraded&fields=result.type,result.application.metadata.name`,
      { headers: { authorization: `Bearer ${admin}` }, signal: abort.signal },
    );
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const seen = async (count: number): Promise<readonly (readonly [string, string])[]> => {
      while (text.split('\n').length <= count) text += (await reader?.read())?.value ?? '';
      return text
        .trimEnd()
        .split('\n')
        .map((line) => {
          const { result } = JSON.parse(line) as {
            readonly result: {
              readonly type: string;
              readonly application: { readonly metadata: { readonly name: string } };
            };
          };
          return [result.type, result.application.metadata.name];
        });
    };
    const first = await seen(2);
    expect([...first].sort()).toEqual([
      ['ADDED', 'b-api'],
      ['ADDED', 'e-old'],
    ]);
    await server.patchApp('e-old', { status: { health: { status: 'Healthy' } } });
    expect((await seen(3)).slice(2)).toEqual([['DELETED', 'e-old']]);
    await server.patchApp('a-web', { metadata: { labels: { x: 'y' } } });
    await server.patchApp('e-old', { status: { health: { status: 'Degraded' } } });
    expect((await seen(4)).slice(3)).toEqual([['ADDED', 'e-old']]);
    abort.abort();
  });
});
