import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { appNamed } from './testing/server.ts';
import type { Answer } from './testing/server.ts';
import { AttackStage, APPS, HIDDEN } from './testing/attack-stage.ts';

const stage = new AttackStage();

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
    const { status, json } = await stage.send('POST', APPS, stage.admin, body);
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
      const { status, json } = await stage.send(verb, path, stage.admin, body);
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
    const { status, json } = await stage.send('POST', `${APPS}?validate=false`, stage.admin, body);
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
      const { status: answered } = await stage.send('GET', `${APPS}?${query}`, stage.admin);
      expect([query, [200, 400].includes(answered)]).toEqual([query, true]);
    }
    await stage.send('DELETE', `${APPS}/proto?cascade=false`, stage.admin);
  });

  it('that hold fields nobody knows are read without them', async () => {
    const { status } = await stage.send('POST', '/api/v1/account/can-i/applications/get/x', stage.admin, {
      unknown: { a: [] },
    });
    expect(status).toBe(405);
    const body = { ...appNamed('unknown', { project: 'mine' }), unknown: { deeper: [1] } };
    expect((await stage.send('POST', `${APPS}?validate=false`, stage.admin, body)).status).toBe(200);
    await stage.send('DELETE', `${APPS}/unknown?cascade=false`, stage.admin);
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
      const { grpcStatus } = await rawGrpc(stage.server.port, path, {
        headers: { token: stage.admin },
        messages: [Buffer.from(hex, 'hex')],
      });
      expect([hex.slice(0, 20), grpcStatus > 0]).toEqual([hex.slice(0, 20), true]);
    }
  });
});

// CVE-2024-22424 (A34): another site's page wrote with the cookie of its visitor.
describe('writes from other sites', () => {
  const write = (headers: Readonly<Record<string, string>>): Promise<Answer> =>
    stage.server.send('POST', `${APPS}?validate=false`, {
      headers: { cookie: `argocd.token=${stage.admin}`, ...headers },
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
      const { status } = await stage.server.send('GET', path, {
        headers: { cookie: `argocd.token=${stage.admin}`, 'x-http-method-override': 'DELETE' },
      });
      expect(status).toBe(200);
    }
    expect((await stage.send('GET', `${APPS}/${HIDDEN}`, stage.admin)).status).toBe(200);
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
    const { status, text } = await stage.rawPath(path, stage.poor);
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
    const response = await stage.server.send('GET', '/', {});
    expect(response.status).toBe(404);
    const location = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: stage.server.port, path, agent: false },
        (answer) => {
          answer.resume();
          resolve(answer.headers.location ?? '/');
        },
      );
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
      const there = await stage.send(verb, `${APPS}/${HIDDEN}${rest}`, stage.poor, body);
      const absent = await stage.send(verb, `${APPS}/absent${rest}`, stage.poor, body);
      expect([verb, rest, absent.status, absent.text]).toEqual([verb, rest, there.status, there.text]);
      expect([verb, rest, there.status]).toEqual([verb, rest, 403]);
    }
    const timeOf = async (name: string): Promise<number> => {
      const started = performance.now();
      await stage.send('GET', `${APPS}/${name}`, stage.poor);
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
