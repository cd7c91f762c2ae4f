import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { apiSchema, encodeProto } from '@tiphys/adapter-argo-api';
import { signToken } from './auth/token.ts';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import type { RawReply } from '@tiphys/testing/raw-grpc';
import { appNamed } from './testing/server.ts';
import type { Answer } from './testing/server.ts';
import { AttackStage, APPS, HIDDEN, WAIT } from './testing/attack-stage.ts';

const stage = new AttackStage();

const nested = (depth: number, open: string, close: string): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

describe('tokens', () => {
  const now = (): number => Math.floor(Date.now() / 1_000);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = (more: object = {}): object => ({
    iss: 'argocd',
    sub: 'admin:login',
    iat: now(),
    nbf: now(),
    exp: now() + 600,
    jti: 'x',
    ...more,
  });
  const signed = async (header: object, payload: object): Promise<string> => {
    const content = `${encode(header)}.${encode(payload)}`;
    return `${content}.${createHmac('sha256', await stage.server.signatureKey())
      .update(content)
      .digest('base64url')}`;
  };
  const HS = { alg: 'HS256', typ: 'JWT' };

  const forged: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['without a signature', () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    ['with alg none in another case', () => `${encode({ alg: 'nOnE' })}.${encode(claims())}.`],
    ['with alg none and a signature', () => signed({ alg: 'none' }, claims())],
    ['with an algorithm of keys in pairs', () => signed({ alg: 'RS256' }, claims())],
    ['with an algorithm that is a prototype', () => signed({ alg: '__proto__' }, claims())],
    ['with an algorithm that is a list', () => signed({ alg: ['HS256'] }, claims())],
    ['with an empty key', () => signToken(claims() as Parameters<typeof signToken>[0], '')],
    ['with a key of its own', () => signToken(claims() as Parameters<typeof signToken>[0], 'x'.repeat(44))],
    ['that has ended', () => signed(HS, claims({ exp: now() - 1 }))],
    ['that ended in the year 1', () => signed(HS, claims({ exp: 0 }))],
    ['whose end is no number', () => signed(HS, claims({ exp: 'never' }))],
    ['whose end is a list', () => signed(HS, claims({ exp: [] }))],
    ['whose time has not come', () => signed(HS, claims({ nbf: now() + 600 }))],
    ['of another issuer', () => signed(HS, claims({ iss: 'https://issuer.example' }))],
    ['of no issuer', () => signed(HS, claims({ iss: undefined }))],
    ['of an account that is not there', () => signed(HS, claims({ sub: 'nobody:login' }))],
    ['of nobody', () => signed(HS, claims({ sub: '' }))],
    ['whose subject is an object', () => signed(HS, claims({ sub: { a: 1 } }))],
    ['without an id', () => signed(HS, claims({ jti: '' }))],
    ['from before the password', () => signed(HS, claims({ iat: 1 }))],
    ['without a time of issue', () => signed(HS, claims({ iat: undefined }))],
    ['for another capability', () => signed(HS, claims({ sub: 'admin:apiKey' }))],
    ['that is no JSON', () => `${Buffer.from('{').toString('base64url')}.e30.e30`],
    ['of five parts', () => 'a.b.c.d.e'],
    ['that is huge', () => `${'a'.repeat(20_000)}.${'b'.repeat(20_000)}.c`],
  ];

  it.each(forged)('%s are refused at every door, also where anybody may come in', async (_what, make) => {
    const token = await make();
    const metadata = await stage.server.send('GET', APPS, { headers: { 'grpc-metadata-token': token } });
    expect([metadata.status, metadata.json['code']]).toEqual([401, 16]);
    const grpc = await rawGrpc(stage.server.port, '/application.ApplicationService/List', {
      headers: { token },
      messages: [Buffer.alloc(0)],
    });
    expect(grpc.grpcStatus).toBe(16);
    const cookie = await stage.server.send('GET', APPS, { headers: { cookie: `argocd.token=${token}` } });
    expect(cookie.status).toBe(401);
    const info = await stage.server.send('GET', '/api/v1/session/userinfo', {
      headers: { 'grpc-metadata-token': token },
    });
    expect(info.json['loggedIn'] ?? false).toBe(false);
  });

  it('that are two in one request: the first place decides, whatever the other holds', async () => {
    const bad = signToken(claims() as Parameters<typeof signToken>[0], 'other');
    const both = (first: string, second: string): Promise<Answer>[] => [
      stage.server.send('GET', APPS, {
        headers: { 'grpc-metadata-token': first, authorization: `Bearer ${second}` },
      }),
      stage.server.send('GET', APPS, {
        headers: { authorization: `Bearer ${first}`, cookie: `argocd.token=${second}` },
      }),
    ];
    for (const answer of both(bad, stage.admin)) expect((await answer).status).toBe(401);
    for (const answer of both(stage.admin, bad)) expect((await answer).status).toBe(200);
    const grpc: RawReply = await rawGrpc(stage.server.port, '/application.ApplicationService/List', {
      headers: { token: bad, authorization: `Bearer ${stage.admin}` },
      messages: [Buffer.alloc(0)],
    });
    expect(grpc.grpcStatus).toBe(16);
  });

  // CVE-2022-29165 (A18): with anonymous access on, the claims of a forged token were believed.
  it('that are forged are no anonymous callers, and nobody else either', async () => {
    await stage.server.configure('argocd-cm', { 'users.anonymous.enabled': 'true' });
    await vi.waitFor(async () => expect((await stage.send('GET', APPS)).status).toBe(200), WAIT);
    const token = `${encode({ alg: 'none' })}.${encode(claims())}.`;
    expect((await stage.server.send('GET', APPS, { headers: { 'grpc-metadata-token': token } })).status).toBe(
      401,
    );
    expect((await stage.send('GET', `${APPS}/${HIDDEN}`)).status).toBe(403);
    await stage.server.configure('argocd-cm', { 'users.anonymous.enabled': undefined });
    await vi.waitFor(async () => expect((await stage.send('GET', APPS)).status).toBe(401), WAIT);
  });
});

describe('open streams', () => {
  const METHODS = [
    '/application.ApplicationService/Watch',
    '/application.ApplicationService/WatchResourceTree',
    '/applicationset.ApplicationSetService/Watch',
  ];
  const request = (path: string): Buffer => {
    const shape = apiSchema().methods.get(path);
    if (shape === undefined) throw new Error(path);
    return Buffer.from(encodeProto(shape.request, path.endsWith('Tree') ? { applicationName: HIDDEN } : {}));
  };
  const ended = (path: string, token: string): Promise<RawReply> =>
    rawGrpc(stage.server.port, path, { headers: { token }, messages: [request(path)] });

  it('end with the token that they were opened with: role, account and password', async () => {
    const account = await stage.tokenOf('/api/v1/account/other/token', { id: 'stream' });
    const role = await stage.tokenOf('/api/v1/projects/theirs/roles/ci/token', { id: 'stream' });
    await vi.waitFor(async () => expect((await stage.send('GET', APPS, role)).status).toBe(200), WAIT);
    const streams = [account, role].flatMap((token) => METHODS.map((path) => ended(path, token)));
    const events = [account, role].map((token) => stage.send('GET', '/api/v1/stream/applications', token));
    await stage.send('DELETE', '/api/v1/account/other/token/stream', stage.admin);
    await stage.send('DELETE', '/api/v1/projects/theirs/roles/ci/token/0?id=stream', stage.admin);
    for (const { grpcStatus } of await Promise.all(streams)) expect([16, 7, 12]).toContain(grpcStatus);
    for (const { text } of await Promise.all(events)) expect(text).toContain('"grpc_code":16');
  });
});

// CVE-2024-21652, CVE-2024-21662, CVE-2025-61560 (A4): guesses in parallel, under many names.
describe('a storm of passwords', () => {
  const guess = (username: string, password: string): Promise<Answer> =>
    stage.server.send('POST', '/api/v1/session', { body: { username, password } });

  it('opens nothing, tells nothing, and does not keep others out', async () => {
    await stage.send('PUT', '/api/v1/account/password', stage.admin, {
      name: 'other',
      currentPassword: await stage.server.password(),
      newPassword: 'password-of-other',
    });
    const names = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 'admin' : `user-${index}`));
    const answers = await Promise.all(names.map((name, index) => guess(name, `guess-${index}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    const texts = new Set(answers.filter(({ status }) => status === 401).map(({ text }) => text));
    expect([...texts]).toEqual([expect.stringContaining('Invalid username or password')]);
    expect((await guess('admin', await stage.server.password())).status, 'admin is locked').toBe(401);
    await vi.waitFor(async () => expect((await guess('other', 'password-of-other')).status).toBe(200), WAIT);
    expect((await stage.send('GET', APPS, stage.admin)).status, 'a session that is open goes on').toBe(200);
  });

  // CVE-2020-11576 (A3): the time of an answer told which accounts there are.
  it('takes as long for a name that is there as for one that is not', async () => {
    const time = async (name: string): Promise<number> => {
      const started = performance.now();
      expect((await guess(name, 'wrong')).status).toBe(401);
      return performance.now() - started;
    };
    for (const name of ['admin', 'poor', 'other', 'nobody'])
      expect(await time(name)).toBeGreaterThanOrEqual(500);
  });

  it.each([
    ['a name that is too long', { username: 'a'.repeat(33), password: 'x' }, 400],
    ['no name', { username: '', password: 'x' }, 401],
    ['no password', { username: 'admin', password: '' }, 401],
    ['a token', { token: 'a.b.c' }, 401],
    ['a prototype', { username: '__proto__', password: 'x' }, 401],
    ['a password of 60,000 letters', { username: 'admin', password: 'x'.repeat(60_000) }, 401],
  ])('is answered with an error for %s', async (_what, body, status) => {
    expect((await stage.server.send('POST', '/api/v1/session', { body })).status).toBe(status);
  });
});

// CVE-2021-26924 (A11): answers that could be framed, sniffed or kept.
describe('answers', () => {
  it.each([
    ['GET', '/api/version'],
    ['GET', '/api/v1/applications'],
    ['GET', '/api/v1/applications/absent'],
    ['GET', '/api/v1/nothing'],
    ['PUT', '/api/v1/applications'],
    ['POST', '/api/v1/session'],
    ['GET', '/api/v1/stream/applications'],
    ['GET', '/auth/logout'],
    ['GET', '/healthz'],
    ['GET', '/terminal'],
    ['GET', '/nothing'],
    ['GET', '/a//b'],
  ])('to %s %s say how they are to be treated', async (verb, path) => {
    const { headers } = await stage.send(verb, path, undefined, verb === 'GET' ? undefined : {});
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors '(none|self)'/u);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/u);
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/u);
  });

  it('of the API forbid all, pages what the operator says', async () => {
    expect((await stage.send('GET', '/api/version')).headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
    const { headers } = await stage.send('GET', '/nothing');
    expect(headers.get('content-security-policy')).toBe("frame-ancestors 'self';");
    expect(headers.get('x-frame-options')).toBe('sameorigin');
  });
});

// CVE-2022-31035, CVE-2024-28175, CVE-2025-47933, CVE-2026-45738 (A21): links that run in the browser of who clicks them.
describe('links that hold a script', () => {
  const SCRIPT = 'javascript:alert(1)';
  it.each([
    SCRIPT,
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
  ])('are no addresses of repositories: %j', async (repo) => {
    const { status, text } = await stage.send('POST', '/api/v1/repositories', stage.admin, { repo });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('<');
    const app = appNamed('scripted', { project: 'mine', source: { repoURL: repo, path: 'x' } });
    expect((await stage.send('POST', APPS, stage.admin, app)).status).toBe(400);
  });
});

// CVE-2024-40634 (A38), CVE-2025-59531, CVE-2025-59537, CVE-2025-59538 (A41): a webhook of a stranger ended the process.
describe('webhooks', () => {
  const hook = (headers: Readonly<Record<string, string>>, body: string): Promise<Answer> =>
    stage.server.send('POST', '/api/webhook', { headers, body });
  it.each<[string, Readonly<Record<string, string>>, unknown]>([
    [
      'Bitbucket Server whose links are no list',
      { 'x-event-key': 'repo:refs_changed' },
      { repository: { links: { clone: 'x' } }, changes: 7 },
    ],
    ['Bitbucket Server without a repository', { 'x-event-key': 'repo:refs_changed' }, { repository: null }],
    [
      'Gogs without a repository',
      { 'x-gogs-event': 'push' },
      { ref: 'refs/heads/main', repo: null, repository: null, commits: null },
    ],
    [
      'Azure without updates',
      { 'x-vss-activityid': 'x' },
      { eventType: 'git.push', resource: { refUpdates: [] } },
    ],
    ['GitHub without anything', { 'x-github-event': 'push' }, null],
    ['GitHub with a list', { 'x-github-event': 'push' }, []],
    ['GitLab with numbers', { 'x-gitlab-event': 'Push Hook' }, { project: 7, commits: {}, ref: [] }],
    [
      'Bitbucket with a prototype',
      { 'x-hook-uuid': 'x', 'x-event-key': 'repo:push' },
      { push: { changes: [{ __proto__: null }] } },
    ],
    ['a package without one', { 'x-github-event': 'package' }, { package: null, action: 7 }],
  ])('of %s are answered and change nothing', async (_what, headers, body) => {
    const { status } = await hook(headers, JSON.stringify(body));
    expect(status).toBeLessThan(500);
  });

  it('that are deep, broken or huge are answered with an error', async () => {
    const headers = { 'x-github-event': 'push' };
    for (const body of [nested(10_000, '[', ']'), '{"ref":', `"${'x'.repeat(51 * 1024 * 1024)}"`]) {
      const status = await hook(headers, body).then(
        (answer) => answer.status,
        () => 413,
      );
      expect([400, 401, 413]).toContain(status);
    }
  });
});

// ‡ (A42, A53): doors that nobody thought of.
describe('forgotten doors', () => {
  it.each(['argocd.token=', 'argocd.token=; argocd.token-1=', 'argocd.token=99:x', 'argocd.token=a.b.c'])(
    'a logout with the cookie %j ends as any other',
    async (cookie) => {
      const { status } = await stage.server.send('GET', '/auth/logout', { headers: { cookie } });
      expect([303, 400]).toContain(status);
    },
  );

  it('a repository of a kind that there is not harms nothing', async () => {
    const { status } = await stage.send('POST', '/api/v1/repositories', stage.admin, {
      repo: 'https://git.example.com/x',
      type: 'nonsense',
    });
    expect(status).toBeLessThan(500);
    expect((await stage.send('GET', '/api/v1/repositories', stage.admin)).status).toBe(200);
  });

  it.each([
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  ])('reflection is off for everybody: %s', async (path) => {
    for (const token of ['', stage.admin]) {
      const { grpcStatus } = await rawGrpc(stage.server.port, path, {
        headers: { token },
        messages: [Buffer.alloc(0)],
      });
      expect(grpcStatus).toBe(12);
    }
  });
});
