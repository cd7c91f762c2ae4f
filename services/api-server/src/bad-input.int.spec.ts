import { request as httpRequest } from 'node:http';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiSchema, encodeProto } from '@tiphys/adapter-argo-api';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { signToken } from './auth/token.ts';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import type { RawReply } from '@tiphys/testing/raw-grpc';
import { TestServer, appNamed } from './testing/server.ts';
import type { Answer } from './testing/server.ts';

const WAIT = { timeout: 30_000 };
const APPS = '/api/v1/applications';
const HIDDEN = 'hidden-of-another-tenant';

let redis: RedisServer;
let server: TestServer;
let admin: string;
let poor: string;
const log: string[] = [];

const send = (method: string, path: string, token?: string, body?: unknown): Promise<Answer> =>
  server.send(method, path, {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { body }),
  });

/** A request whose path goes out as it is written. */
function rawPath(
  path: string,
  token: string,
  verb = 'GET',
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const options = {
      host: '127.0.0.1',
      port: server.port,
      method: verb,
      path,
      headers,
      agent: false as const,
    };
    const request = httpRequest({ ...options, setHost: true }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

async function tokenOf(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return String((await send('POST', path, admin, body)).json['token']);
}

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log });
  admin = await server.login();
  await server.configure('argocd-cm', { 'accounts.poor': 'apiKey', 'accounts.other': 'apiKey, login' });
  await server.configure('argocd-rbac-cm', {
    'policy.csv': 'p, poor, applications, *, mine/*, allow\np, other, applications, get, */*, allow',
  });
  await vi.waitFor(async () => {
    expect((await send('GET', '/api/v1/account/poor', admin)).status).toBe(200);
  }, WAIT);
  poor = await tokenOf('/api/v1/account/poor/token');
  for (const name of ['mine', 'theirs']) {
    const spec = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };
    const roles = [{ name: 'ci', policies: [`p, proj:${name}:ci, applications, get, ${name}/*, allow`] }];
    await send('POST', '/api/v1/projects', admin, {
      project: { metadata: { name }, spec: { ...spec, roles } },
    });
  }
  await vi.waitFor(async () => {
    const body = appNamed(HIDDEN, { project: 'theirs' });
    expect((await send('POST', `${APPS}?validate=false`, admin, body)).status).toBe(200);
  }, WAIT);
  await vi.waitFor(async () => {
    expect((await send('GET', `${APPS}/${HIDDEN}`, admin)).status).toBe(200);
  }, WAIT);
});

afterAll(async () => {
  expect((await send('GET', APPS, admin)).status, 'the server still serves').toBe(200);
  expect(({} as Record<string, unknown>)['polluted'], 'no prototype was changed').toBeUndefined();
  expect(
    log.filter((line) => line.includes('"msg":"call failed"')),
    'no fault of ours',
  ).toEqual([]);
  await server.stop();
  await redis.stop();
});

const nested = (depth: number, open: string, close: string): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

describe('bodies', () => {
  it.each([
    ['nothing that is JSON', 'nonsense'],
    ['a text that breaks off', '{"metadata":{"name":"x"'],
    ['an unfinished escape', '{"metadata":{"name":"\\u12'],
    ['a list', '[]'],
    ['a number', '1e999'],
    ['a text', '"x"'],
    ['a wrong type', '{"metadata":{"name":7}}'],
    ['a wrong type deep inside', '{"spec":{"source":{"helm":{"parameters":{"a":"b"}}}}}'],
    ['a number that is none', '{"metadata":{"generation":1.5}}'],
    ['a time that is none', '{"metadata":{"creationTimestamp":"yesterday"}}'],
  ])('that are %s are refused as such', async (_what, body) => {
    const { status, json } = await send('POST', APPS, admin, body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 3, error: expect.any(String) });
  });

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('of 10,000 %s within each other are answered with an error', async (_what, open, close) => {
    const deep = nested(10_000, open, close);
    for (const [verb, path, body] of [
      ['POST', '/api/v1/session', deep],
      ['POST', '/api/v1/session', `{"username":${deep}}`],
      ['POST', APPS, deep],
      ['POST', APPS, `{"metadata":{"name":"deep"},"spec":{"source":{"helm":{"valuesObject":${deep}}}}}`],
      ['PATCH', `${APPS}/${HIDDEN}`, `{"patch":${JSON.stringify(deep)},"patchType":"merge"}`],
      ['POST', `${APPS}/${HIDDEN}/resource`, JSON.stringify(deep)],
      ['PUT', '/api/v1/projects/mine', `{"project":${deep}}`],
    ] as const) {
      const { status, json } = await send(verb, path, admin, body);
      expect([path, status >= 400 && status < 600]).toEqual([path, true]);
      expect(JSON.stringify(json['message'] ?? '').length).toBeLessThan(2_000);
    }
  });

  it('that hold keys of prototypes change nothing but themselves', async () => {
    const body =
      '{"metadata":{"name":"proto","labels":{"__proto__":"x","constructor":"y"},"__proto__":{"polluted":"yes"}},' +
      '"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},' +
      '"spec":{"project":"mine","destination":{"server":"https://kubernetes.default.svc","namespace":"web"},' +
      '"source":{"repoURL":"https://git.example.com/a.git","path":"web","helm":{"valuesObject":{"__proto__":{"polluted":"yes"}}}}}}';
    const { status, json } = await send('POST', `${APPS}?validate=false`, admin, body);
    expect([200, 400]).toContain(status);
    expect(json['polluted']).toBeUndefined();
    for (const query of [
      'fields=__proto__.polluted',
      'fields=items.constructor.prototype',
      'labels[__proto__]=x',
      'selector=constructor',
      '__proto__=x',
      'constructor.prototype.polluted=x',
    ]) {
      const { status: answered } = await send('GET', `${APPS}?${query}`, admin);
      expect([query, [200, 400].includes(answered)]).toEqual([query, true]);
    }
    await send('DELETE', `${APPS}/proto?cascade=false`, admin);
  });

  it('that hold fields nobody knows are read without them', async () => {
    const { status } = await send('POST', '/api/v1/account/can-i/applications/get/x', admin, {
      unknown: { a: [] },
    });
    expect(status).toBe(405);
    const body = { ...appNamed('unknown', { project: 'mine' }), unknown: { deeper: [1] } };
    expect((await send('POST', `${APPS}?validate=false`, admin, body)).status).toBe(200);
    await send('DELETE', `${APPS}/unknown?cascade=false`, admin);
  });

  it('that are messages of gRPC and broken are answered with an error', async () => {
    const path = '/application.ApplicationService/Create';
    for (const hex of [
      'ff',
      '0aff',
      '08ffffffffffffffffffff01',
      '0a0a0a',
      '0b'.repeat(10_000),
      '0d00',
      '0a02ffff',
    ]) {
      const { grpcStatus } = await rawGrpc(server.port, path, {
        headers: { token: admin },
        messages: [Buffer.from(hex, 'hex')],
      });
      expect([hex.slice(0, 20), grpcStatus > 0]).toEqual([hex.slice(0, 20), true]);
    }
  });
});

// CVE-2024-22424 (A34): another site's page wrote with the cookie of its visitor.
describe('writes from other sites', () => {
  const write = (headers: Readonly<Record<string, string>>): Promise<Answer> =>
    server.send('POST', `${APPS}?validate=false`, {
      headers: { cookie: `argocd.token=${admin}`, ...headers },
      body: appNamed('forged', { project: 'mine' }),
    });

  it.each([
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-8',
    'application/json, text/plain',
    '',
  ])('are refused with the content type %j', async (type) => {
    expect((await write({ 'content-type': type })).status).toBe(415);
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('are refused with %j', async (headers) => {
    expect((await write(headers)).status).toBe(403);
  });

  it('do not pass as another verb, or in a query', async () => {
    for (const path of [`${APPS}?_method=DELETE`, `${APPS}/${HIDDEN}?_method=DELETE`]) {
      const { status } = await server.send('GET', path, {
        headers: { cookie: `argocd.token=${admin}`, 'x-http-method-override': 'DELETE' },
      });
      expect(status).toBe(200);
    }
    expect((await send('GET', `${APPS}/${HIDDEN}`, admin)).status).toBe(200);
  });
});

describe('paths', () => {
  it.each([
    `${APPS}/../applications/${HIDDEN}`,
    `${APPS}/%2e%2e/applications/${HIDDEN}`,
    `${APPS}/mine%2f..%2f${HIDDEN}`,
    `${APPS}/%252e%252e%252f${HIDDEN}`,
    `${APPS}/${HIDDEN}%00`,
    `${APPS}/${HIDDEN}%2Fresource-tree`,
    `${APPS}/．．/${encodeURIComponent(HIDDEN)}`.replace('．．', '%EF%BC%8E%EF%BC%8E'),
    `${APPS}/%c0%ae%c0%ae/${HIDDEN}`,
    `${APPS}/${HIDDEN.toUpperCase()}`,
    `/api/v1/Applications/${HIDDEN}`,
    `/API/v1/applications/${HIDDEN}`,
    `/api/v1;x=y/applications/${HIDDEN}`,
    `${APPS}/${HIDDEN};a=b`,
    `${APPS}/${HIDDEN}/`,
    `${APPS}//${HIDDEN}`,
    `${APPS}\\${HIDDEN}`,
    `${APPS}/${HIDDEN}%`,
    `${APPS}/${HIDDEN}%zz`,
    `${APPS}/${HIDDEN}?project=theirs`,
    `${APPS}/${HIDDEN}?project=mine`,
    `${APPS}/${HIDDEN}?project=mine&project=theirs`,
    `${APPS}/${HIDDEN}?appNamespace=../default`,
    `${APPS}/${HIDDEN}?appNamespace=%2e%2e`,
    '/api/../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/assets/..%2f..%2f..%2fetc/passwd',
    '/download/../../etc/passwd',
    '/swagger.json/..',
  ])('like %s lead to nothing of another tenant', async (path) => {
    const { status, text } = await rawPath(path, poor);
    expect([307, 400, 403, 404]).toContain(status);
    expect(text).not.toMatch(/"spec"|repoURL|root:/u);
  });

  // ‡ PR 4780 (A6): a redirect of ours that ends at another host.
  it.each([
    '//evil.example/x',
    '///evil.example',
    '/\\evil.example//',
    '/\\/evil.example//x',
    '/api//\\evil.example',
    '/x//..//\\evil.example',
  ])('like %s are sent to no other host', async (path) => {
    const response = await server.send('GET', '/', {});
    expect(response.status).toBe(404);
    const location = await new Promise<string>((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port: server.port, path, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.headers.location ?? '/');
      });
      request.on('error', reject);
      request.end();
    });
    expect(new URL(location, 'https://here.example').host).toBe('here.example');
  });

  // CVE-2022-41354, CVE-2024-36106 (A23): absent and forbidden differed in code, text or time.
  it('tell absent from forbidden neither by their answers nor by their time', async () => {
    const calls: readonly (readonly [string, string, unknown?])[] = [
      ['GET', ''],
      ['GET', '/resource-tree'],
      ['GET', '/managed-resources'],
      ['GET', '/syncwindows'],
      ['POST', '/sync', {}],
      ['DELETE', ''],
      ['DELETE', '/operation'],
      ['PATCH', '', { patch: '{}', patchType: 'merge' }],
      ['POST', '/rollback', { id: 1 }],
      ['PUT', '/spec', {}],
    ];
    for (const [verb, rest, body] of calls) {
      const there = await send(verb, `${APPS}/${HIDDEN}${rest}`, poor, body);
      const absent = await send(verb, `${APPS}/absent${rest}`, poor, body);
      expect([verb, rest, absent.status, absent.text]).toEqual([verb, rest, there.status, there.text]);
      expect([verb, rest, there.status]).toEqual([verb, rest, 403]);
    }
    const timeOf = async (name: string): Promise<number> => {
      const started = performance.now();
      await send('GET', `${APPS}/${name}`, poor);
      return performance.now() - started;
    };
    const times: Record<string, number[]> = { [HIDDEN]: [], absent: [] };
    for (let round = 0; round < 40; round++) {
      for (const name of Object.keys(times)) times[name]?.push(await timeOf(name));
    }
    // The fastest answers are those that nothing else on the machine slowed down.
    const fastest = (name: string): number => Math.min(...(times[name] ?? []));
    expect(Math.abs(fastest(HIDDEN) - fastest('absent'))).toBeLessThan(3);
  });
});

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
    return `${content}.${createHmac('sha256', await server.signatureKey())
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
    const metadata = await server.send('GET', APPS, { headers: { 'grpc-metadata-token': token } });
    expect([metadata.status, metadata.json['code']]).toEqual([401, 16]);
    const grpc = await rawGrpc(server.port, '/application.ApplicationService/List', {
      headers: { token },
      messages: [Buffer.alloc(0)],
    });
    expect(grpc.grpcStatus).toBe(16);
    const cookie = await server.send('GET', APPS, { headers: { cookie: `argocd.token=${token}` } });
    expect(cookie.status).toBe(401);
    const info = await server.send('GET', '/api/v1/session/userinfo', {
      headers: { 'grpc-metadata-token': token },
    });
    expect(info.json['loggedIn'] ?? false).toBe(false);
  });

  it('that are two in one request: the first place decides, whatever the other holds', async () => {
    const bad = signToken(claims() as Parameters<typeof signToken>[0], 'other');
    const both = (first: string, second: string): Promise<Answer>[] => [
      server.send('GET', APPS, {
        headers: { 'grpc-metadata-token': first, authorization: `Bearer ${second}` },
      }),
      server.send('GET', APPS, {
        headers: { authorization: `Bearer ${first}`, cookie: `argocd.token=${second}` },
      }),
    ];
    for (const answer of both(bad, admin)) expect((await answer).status).toBe(401);
    for (const answer of both(admin, bad)) expect((await answer).status).toBe(200);
    const grpc: RawReply = await rawGrpc(server.port, '/application.ApplicationService/List', {
      headers: { token: bad, authorization: `Bearer ${admin}` },
      messages: [Buffer.alloc(0)],
    });
    expect(grpc.grpcStatus).toBe(16);
  });

  // CVE-2022-29165 (A18): with anonymous access on, the claims of a forged token were believed.
  it('that are forged are no anonymous callers, and nobody else either', async () => {
    await server.configure('argocd-cm', { 'users.anonymous.enabled': 'true' });
    await vi.waitFor(async () => expect((await send('GET', APPS)).status).toBe(200), WAIT);
    const token = `${encode({ alg: 'none' })}.${encode(claims())}.`;
    expect((await server.send('GET', APPS, { headers: { 'grpc-metadata-token': token } })).status).toBe(401);
    expect((await send('GET', `${APPS}/${HIDDEN}`)).status).toBe(403);
    await server.configure('argocd-cm', { 'users.anonymous.enabled': undefined });
    await vi.waitFor(async () => expect((await send('GET', APPS)).status).toBe(401), WAIT);
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
    rawGrpc(server.port, path, { headers: { token }, messages: [request(path)] });

  it('end with the token that they were opened with: role, account and password', async () => {
    const account = await tokenOf('/api/v1/account/other/token', { id: 'stream' });
    const role = await tokenOf('/api/v1/projects/theirs/roles/ci/token', { id: 'stream' });
    await vi.waitFor(async () => expect((await send('GET', APPS, role)).status).toBe(200), WAIT);
    const streams = [account, role].flatMap((token) => METHODS.map((path) => ended(path, token)));
    const events = [account, role].map((token) => send('GET', '/api/v1/stream/applications', token));
    await send('DELETE', '/api/v1/account/other/token/stream', admin);
    await send('DELETE', '/api/v1/projects/theirs/roles/ci/token/0?id=stream', admin);
    for (const { grpcStatus } of await Promise.all(streams)) expect([16, 7, 12]).toContain(grpcStatus);
    for (const { text } of await Promise.all(events)) expect(text).toContain('"grpc_code":16');
  });
});

// CVE-2024-21652, CVE-2024-21662, CVE-2025-61560 (A4): guesses in parallel, under many names.
describe('a storm of passwords', () => {
  const guess = (username: string, password: string): Promise<Answer> =>
    server.send('POST', '/api/v1/session', { body: { username, password } });

  it('opens nothing, tells nothing, and does not keep others out', async () => {
    await send('PUT', '/api/v1/account/password', admin, {
      name: 'other',
      currentPassword: await server.password(),
      newPassword: 'password-of-other',
    });
    const names = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 'admin' : `user-${index}`));
    const answers = await Promise.all(names.map((name, index) => guess(name, `guess-${index}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    const texts = new Set(answers.filter(({ status }) => status === 401).map(({ text }) => text));
    expect([...texts]).toEqual([expect.stringContaining('Invalid username or password')]);
    expect((await guess('admin', await server.password())).status, 'admin is locked').toBe(401);
    await vi.waitFor(async () => expect((await guess('other', 'password-of-other')).status).toBe(200), WAIT);
    expect((await send('GET', APPS, admin)).status, 'a session that is open goes on').toBe(200);
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
    expect((await server.send('POST', '/api/v1/session', { body })).status).toBe(status);
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
    const { headers } = await send(verb, path, undefined, verb === 'GET' ? undefined : {});
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors '(none|self)'/u);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/u);
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/u);
  });

  it('of the API forbid all, pages what the operator says', async () => {
    expect((await send('GET', '/api/version')).headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
    const { headers } = await send('GET', '/nothing');
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
    const { status, text } = await send('POST', '/api/v1/repositories', admin, { repo });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('<');
    const app = appNamed('scripted', { project: 'mine', source: { repoURL: repo, path: 'x' } });
    expect((await send('POST', APPS, admin, app)).status).toBe(400);
  });
});

// CVE-2024-40634 (A38), CVE-2025-59531, CVE-2025-59537, CVE-2025-59538 (A41): a webhook of a stranger ended the process.
describe('webhooks', () => {
  const hook = (headers: Readonly<Record<string, string>>, body: string): Promise<Answer> =>
    server.send('POST', '/api/webhook', { headers, body });
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
      const { status } = await server.send('GET', '/auth/logout', { headers: { cookie } });
      expect([303, 400]).toContain(status);
    },
  );

  it('a repository of a kind that there is not harms nothing', async () => {
    const { status } = await send('POST', '/api/v1/repositories', admin, {
      repo: 'https://git.example.com/x',
      type: 'nonsense',
    });
    expect(status).toBeLessThan(500);
    expect((await send('GET', '/api/v1/repositories', admin)).status).toBe(200);
  });

  it.each([
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  ])('reflection is off for everybody: %s', async (path) => {
    for (const token of ['', admin]) {
      const { grpcStatus } = await rawGrpc(server.port, path, {
        headers: { token },
        messages: [Buffer.alloc(0)],
      });
      expect(grpcStatus).toBe(12);
    }
  });
});
