import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer, appNamed } from './testing/server.ts';
import type { Answer } from './testing/server.ts';

const WAIT = { timeout: 30_000 };

let redis: RedisServer;
let server: TestServer;
let admin: string;
const tokens = new Map<string, string>();

/** Policies that each test starts from. */
const POLICY = [
  'p, role:a, applications, *, a/*, allow',
  'p, role:a, projects, get, a, allow',
  'g, ann, role:a',
].join('\n');

const as = (who: string): string => tokens.get(who) ?? '';
const get = (who: string, path: string): Promise<Answer> => server.send('GET', path, { token: as(who) });
const setPolicy = (data: Readonly<Record<string, string | undefined>>): Promise<void> =>
  server.configure('argocd-rbac-cm', {
    'policy.csv': POLICY,
    'policy.default': '',
    'policy.matchMode': '',
    ...data,
  });
const names = async (who: string): Promise<readonly string[]> => {
  const { json } = await get(who, '/api/v1/applications');
  const items = (json['items'] ?? []) as readonly { readonly metadata: { readonly name: string } }[];
  return items.map(({ metadata }) => metadata.name);
};

/** An account with a password, logged in. */
async function addAccount(name: string): Promise<void> {
  const currentPassword = await server.password();
  const body = { name, currentPassword, newPassword: `${name}-password` };
  await vi.waitFor(async () => {
    const { status } = await server.send('PUT', '/api/v1/account/password', { token: admin, body });
    expect(status).toBe(200);
  }, WAIT);
  const { json } = await server.send('POST', '/api/v1/session', {
    body: { username: name, password: `${name}-password` },
  });
  tokens.set(name, String(json['token']));
}

/** Reads an event stream until a text shows or it ends. */
async function readStream(
  path: string,
  token: string,
): Promise<{ next: (text: string) => Promise<string>; close: () => void }> {
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: abort.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  return {
    next: async (text) => {
      while (!seen.includes(text)) {
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return `ended after ${seen}`;
        seen += chunk.value;
      }
      return seen;
    },
    close: () => abort.abort(),
  };
}

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  admin = await server.login();
  tokens.set('admin', admin);
  await server.configure('argocd-cm', { 'accounts.ann': 'login, apiKey', 'accounts.bob': 'login' });
  await setPolicy({});
  await addAccount('ann');
  await addAccount('bob');
  for (const name of ['a', 'b']) {
    const project = {
      metadata: { name },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        roles: [{ name: 'ci', policies: [`p, proj:${name}:ci, applications, get, ${name}/*, allow`] }],
      },
    };
    expect((await server.send('POST', '/api/v1/projects', { token: admin, body: { project } })).status).toBe(
      200,
    );
    const body = appNamed(`app-${name}`, { project: name });
    const created = await server.send('POST', '/api/v1/applications?validate=false', { token: admin, body });
    expect(created.status).toBe(200);
  }
  await vi.waitFor(async () => expect(await names('admin')).toEqual(['app-a', 'app-b']), WAIT);
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

describe('rights', () => {
  it('filter lists, and hide what they do not cover', async () => {
    expect(await names('ann')).toEqual(['app-a']);
    expect(await names('bob')).toEqual([]);
    expect((await get('ann', '/api/v1/projects?fields=items.metadata.name')).json['items']).toEqual([
      { metadata: { name: 'a' } },
    ]);
  });

  // CVE-2022-41354, CVE-2024-36106 (A23): absent and forbidden look the same.
  it.each(['', '/resource-tree', '/managed-resources', '/manifests', '/syncwindows'])(
    "answer alike for another tenant's Application and for none: %s",
    async (suffix) => {
      const [foreign, absent] = await Promise.all([
        get('ann', `/api/v1/applications/app-b${suffix}`),
        get('ann', `/api/v1/applications/absent${suffix}`),
      ]);
      expect([foreign.status, foreign.text]).toEqual([403, absent.text]);
      const [foreignIn, absentIn] = await Promise.all([
        get('ann', `/api/v1/applications/app-b${suffix}?project=a`),
        get('ann', `/api/v1/applications/absent${suffix}?project=a`),
      ]);
      expect([foreignIn.status, foreignIn.text.replaceAll('app-b', 'absent')]).toEqual([
        absentIn.status,
        absentIn.text,
      ]);
    },
  );

  it.each(['', '/detailed', '/globalprojects', '/events', '/syncwindows'])(
    "answer alike for another tenant's project and for none: %s",
    async (suffix) => {
      const [foreign, absent] = await Promise.all([
        get('ann', `/api/v1/projects/b${suffix}`),
        get('ann', `/api/v1/projects/nil${suffix}`),
      ]);
      expect([foreign.status, foreign.text.replaceAll('get, b', 'get, nil')]).toEqual([403, absent.text]);
    },
  );

  it('answer alike for tokens of roles that are there and that are not', async () => {
    const make = (path: string): Promise<Answer> =>
      server.send('POST', `/api/v1/projects/${path}/token`, { token: as('ann'), body: {} });
    const [foreign, noRole, noProject] = await Promise.all([
      make('b/roles/ci'),
      make('b/roles/none'),
      make('nil/roles/ci'),
    ]);
    expect(foreign.status).toBe(403);
    expect(noRole.text).toBe(foreign.text);
    expect(noProject.text.replaceAll('nil', 'b')).toBe(foreign.text);
  });

  it('count from the next question on when they change, for lists that were just answered too', async () => {
    expect(await names('bob')).toEqual([]);
    await setPolicy({ 'policy.more.csv': 'g, bob, role:readonly' });
    await expect.poll(() => names('bob'), WAIT).toEqual(['app-a', 'app-b']);
    await setPolicy({ 'policy.more.csv': undefined });
    await expect.poll(() => names('bob'), WAIT).toEqual([]);
  });

  it('stay as they were while the policy has a mistake', async () => {
    await setPolicy({ 'policy.csv': `${POLICY}\np, bob, applications` });
    await setPolicy({ 'policy.csv': `${POLICY}\np, bob, applications, get, b/*, allow` });
    await expect.poll(() => names('bob'), WAIT).toEqual(['app-b']);
    await setPolicy({ 'policy.csv': 'p, bob, applications' });
    expect(await names('ann')).toEqual(['app-a']);
    await setPolicy({});
    await expect.poll(() => names('bob'), WAIT).toEqual([]);
  });

  it("of the default role are everybody's, and without a token once that is allowed", async () => {
    const anonymous = (): Promise<Answer> => server.send('GET', '/api/v1/applications');
    await setPolicy({ 'policy.default': 'role:readonly' });
    await expect.poll(() => names('bob'), WAIT).toEqual(['app-a', 'app-b']);
    expect((await anonymous()).status).toBe(401);
    await server.configure('argocd-cm', { 'users.anonymous.enabled': 'true' });
    await expect.poll(async () => (await anonymous()).status, WAIT).toBe(200);
    const write = await server.send('DELETE', '/api/v1/applications/app-a');
    expect([write.status, write.json['message']]).toEqual([
      403,
      'permission denied: applications, delete, a/app-a',
    ]);
    // CVE-2022-29165 (A18): a token that is not good never makes its bearer anonymous, let alone the one it names.
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = `${part({ alg: 'none' })}.${part({ iss: 'argocd', sub: 'admin:login', jti: 'x', iat: 1 })}.`;
    for (const token of [forged, `${forged}x`, as('ann').slice(0, -4)]) {
      expect((await server.send('GET', '/api/v1/applications', { token })).status).toBe(401);
    }
    await server.configure('argocd-cm', { 'users.anonymous.enabled': 'false' });
    await setPolicy({});
    await expect.poll(async () => (await anonymous()).status, WAIT).toBe(401);
  });
});

describe('streams', () => {
  it('show what rights cover, by the rights of each moment', async () => {
    const stream = await readStream('/api/v1/stream/applications', as('ann'));
    expect(await stream.next('app-a')).not.toContain('app-b');
    await server.patchApp('app-b', { metadata: { labels: { seen: 'no' } } });
    await setPolicy({ 'policy.csv': POLICY.replaceAll('a/*', 'b/*') });
    await expect.poll(() => names('ann'), WAIT).toEqual(['app-b']);
    await server.patchApp('app-a', { metadata: { labels: { secret: 'hidden-by-now' } } });
    await server.patchApp('app-b', { metadata: { labels: { seen: 'yes-now' } } });
    expect(await stream.next('yes-now')).not.toMatch(/hidden-by-now|"seen":"no"/);
    stream.close();
    await setPolicy({});
    await expect.poll(() => names('ann'), WAIT).toEqual(['app-a']);
  });

  // CVE-2023-40025, CVE-2024-41666 (A28): what is open ends with the right to it.
  it('end when the role of their token loses it', async () => {
    const { json } = await server.send('POST', '/api/v1/projects/a/roles/ci/token', {
      token: admin,
      body: { id: 'of-stream' },
    });
    const stream = await readStream('/api/v1/stream/applications', String(json['token']));
    expect(await stream.next('app-a')).not.toContain('app-b');
    await server.send('DELETE', '/api/v1/projects/a/roles/ci/token/0?id=of-stream', { token: admin });
    expect(await stream.next('of-stream')).toContain('does not exist in project');
  });

  it('end when the account is switched off', async () => {
    const stream = await readStream('/api/v1/stream/applications', as('ann'));
    await stream.next('app-a');
    await server.configure('argocd-cm', { 'accounts.ann.enabled': 'false' });
    expect(await stream.next('disabled')).toContain('account ann is disabled');
    await server.configure('argocd-cm', { 'accounts.ann.enabled': 'true' });
    await expect.poll(() => names('ann'), WAIT).toEqual(['app-a']);
  });
});
