import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from './testing/server.ts';
import type { Answer } from './testing/server.ts';

const WAIT = { timeout: 30_000 };
const CANARY = 'canary-7f3a';

let redis: RedisServer;
let server: TestServer;
let admin: string;
const log: string[] = [];

const send = (method: string, path: string, token: string, body?: unknown): Promise<Answer> =>
  server.send(method, path, { token, ...(body === undefined ? {} : { body }) });
const apps = (token: string): Promise<Answer> => send('GET', '/api/v1/applications', token);
const projectNamed = (name: string, spec: Readonly<Record<string, unknown>> = {}): unknown => ({
  project: {
    metadata: { name },
    spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }], ...spec },
  },
});

async function tokenOf(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { status, json } = await send('POST', path, admin, body);
  expect(status).toBe(200);
  return String(json['token']);
}

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log });
  admin = await server.login();
  await server.configure('argocd-cm', {
    'accounts.bot': 'apiKey',
    'accounts.editor': 'apiKey',
    'accounts.__proto__': 'apiKey',
  });
  await server.configure('argocd-rbac-cm', {
    'policy.csv': [
      'g, bot, role:readonly',
      'p, editor, projects, *, a, allow',
      'p, editor, projects, *, new, allow',
    ].join('\n'),
  });
  const roles = [{ name: 'ci', policies: ['p, proj:a:ci, applications, *, a/*, allow'] }];
  for (const name of ['a', 'b']) {
    const body = projectNamed(name, name === 'a' ? { roles } : {});
    expect((await send('POST', '/api/v1/projects', admin, body)).status).toBe(200);
  }
  await server.kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'repo-of-a',
      namespace: server.namespace.name,
      labels: { 'argocd.argoproj.io/secret-type': 'repository' },
    },
    stringData: {
      url: 'https://git.example.com/a.git',
      project: 'a',
      username: `${CANARY}-user`,
      password: `${CANARY}-password`,
      sshPrivateKey: `${CANARY}-key`,
    },
  });
  await vi.waitFor(async () => {
    expect((await send('GET', '/api/v1/account/bot', admin)).status).toBe(200);
  }, WAIT);
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('tokens', () => {
  // CVE-2020-8826, CVE-2021-26921 (A2): a token is only as good as its account is now.
  it('of an account end with the token, the capability, the account and the password', async () => {
    const key = await tokenOf('/api/v1/account/bot/token', { id: 'one' });
    const other = await tokenOf('/api/v1/account/bot/token', { id: 'two', expiresIn: 3_600 });
    expect([(await apps(key)).status, (await apps(other)).status]).toEqual([200, 200]);
    await send('DELETE', '/api/v1/account/bot/token/one', admin);
    expect((await apps(key)).json['message']).toBe(
      'invalid session: account bot does not have token with id one',
    );
    expect((await apps(other)).status).toBe(200);
    await server.configure('argocd-cm', { 'accounts.bot': 'login' });
    await expect
      .poll(async () => (await apps(other)).json['message'], WAIT)
      .toBe("invalid session: account bot does not have 'apiKey' capability");
    await server.configure('argocd-cm', { 'accounts.bot': 'apiKey', 'accounts.bot.enabled': 'false' });
    await expect
      .poll(async () => (await apps(other)).json['message'], WAIT)
      .toBe('invalid session: account bot is disabled');
    await server.configure('argocd-cm', { 'accounts.bot.enabled': 'true' });
    await expect.poll(async () => (await apps(other)).status, WAIT).toBe(200);
  });

  it('of a role end with the token, the role and the project', async () => {
    const make = (id: string): Promise<string> => tokenOf('/api/v1/projects/new/roles/ci/token', { id });
    const project = (roles: readonly unknown[]): unknown => projectNamed('new', { roles });
    const role = { name: 'ci', policies: ['p, proj:new:ci, applications, get, new/*, allow'] };
    await send('POST', '/api/v1/projects', admin, project([role]));
    const [one, two] = [await make('one'), await make('two')];
    expect((await apps(one)).status).toBe(200);
    await send('DELETE', '/api/v1/projects/new/roles/ci/token/0?id=one', admin);
    expect([(await apps(one)).status, (await apps(two)).status]).toEqual([401, 200]);
    await send('POST', '/api/v1/projects?upsert=true', admin, { ...(project([]) as object), upsert: true });
    expect((await apps(two)).status).toBe(401);
    await send('POST', '/api/v1/projects', admin, { ...(project([role]) as object), upsert: true });
    expect((await apps(two)).status, 'a role that comes back does not bring old tokens back').toBe(401);
    const three = await make('three');
    await send('DELETE', '/api/v1/projects/new', admin);
    await expect.poll(async () => (await apps(three)).status, WAIT).toBe(401);
  });

  it('of a role reach nothing of another project', async () => {
    const token = await tokenOf('/api/v1/projects/a/roles/ci/token');
    for (const project of ['a', 'b']) {
      const body = appNamed(`of-role-${project}`, { project });
      const { status } = await send('POST', '/api/v1/applications?validate=false', token, body);
      expect(status).toBe(project === 'a' ? 200 : 403);
    }
    expect((await send('GET', '/api/v1/projects/b', token)).status).toBe(403);
    expect(
      (await send('PUT', '/api/v1/account/password', token, { newPassword: 'long-enough' })).status,
    ).toBe(400);
    await send('DELETE', '/api/v1/applications/of-role-a?cascade=false', admin);
  });

  it.each([
    'bot:login',
    'admin',
    'admin:apiKey',
    'proj:a:none',
    'proj:a:ci',
    'proj:__proto__:x',
    '__proto__:login',
    '',
  ])("that name %s without being anybody's are refused, whoever signed them", async (sub) => {
    const { signToken } = await import('./auth/token.ts');
    const key = await server.signatureKey();
    const now = Math.floor(Date.now() / 1_000);
    const token = signToken({ iss: 'argocd', sub, iat: now, nbf: now, jti: 'forged' }, key);
    expect((await apps(token)).status).toBe(401);
  });
});

describe('projects', () => {
  // CVE-2025-55190 (A39): a project tells of its repositories, never how to log in to them.
  it('show no credential to anybody', async () => {
    const key = await tokenOf('/api/v1/account/bot/token', { id: 'reader' });
    await expect
      .poll(async () => (await send('GET', '/api/v1/projects/a/detailed', key)).json['repositories'], WAIT)
      .toEqual([expect.objectContaining({ repo: 'https://git.example.com/a.git', project: 'a' })]);
    for (const path of ['', '/a', '/a/detailed', '/a/globalprojects', '/a/events', '/a/syncwindows']) {
      for (const token of [admin, key]) {
        expect((await send('GET', `/api/v1/projects${path}`, token)).text).not.toContain(CANARY);
      }
    }
  });

  it('open no cluster and no repository to somebody who may not change those', async () => {
    const token = await tokenOf('/api/v1/account/editor/token', { id: 'edit' });
    const { json } = await send('GET', '/api/v1/projects/a', token);
    const spec = json['spec'] as Readonly<Record<string, unknown>>;
    const put = (changes: Readonly<Record<string, unknown>>): Promise<Answer> =>
      send('PUT', '/api/v1/projects/a', token, { project: { ...json, spec: { ...spec, ...changes } } });
    const destinations = [{ server: 'https://other.example.com', namespace: '*' }];
    expect((await put({ destinations })).json['message']).toContain('permission denied: clusters, update, *');
    expect((await put({ sourceRepos: ['*', 'https://x'] })).json['message']).toContain(
      'permission denied: repositories, update, https://x',
    );
    const kinds = [{ group: '*', kind: '*' }];
    expect((await put({ clusterResourceWhitelist: kinds })).json['message']).toContain('clusters, update');
    expect((await put({ description: 'fine' })).status).toBe(200);
  });

  it.each([
    ['p, proj:a:ci, applications, *, b/*, allow', 'object must be of form'],
    ['p, proj:b:ci, applications, *, a/*, allow', 'policy subject must be'],
    ['p, role:admin, applications, *, a/*, allow', 'policy subject must be'],
    ['p, proj:a:ci, accounts, update, a/*, allow', 'project resource must be'],
    ['g, bot, role:admin', 'must be of the form'],
  ])('take no role with %s', async (policy, reason) => {
    const roles = [{ name: 'ci', policies: [policy] }];
    const { status, json } = await send('POST', '/api/v1/projects', admin, {
      ...(projectNamed('a', { roles }) as object),
      upsert: true,
    });
    expect([status, String(json['message'])]).toEqual([400, expect.stringContaining(reason)]);
  });
});

it('nothing of a token, a password or a credential is logged', () => {
  expect(log.join('\n')).not.toMatch(new RegExp(`${CANARY}|eyJ[A-Za-z0-9_-]{10}`, 'u'));
});
