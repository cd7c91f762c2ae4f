import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { recordedInstallation } from './testing/recorded-installation.ts';
import { differences, readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import type { Exchange } from '@tiphys/testing/recordings/exchanges';
import type { TestServer } from './testing/server.ts';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<number, string>> = {
  182: 'the name of an event holds the time',
};

/** One that was recorded, one for other projects, and some that must not be shown. */
const LINKS = [
  { title: 'Wiki', url: 'https://wiki.example.com/{{.project.metadata.name}}' },
  { title: 'Other', url: 'https://x.example.com', if: 'project.metadata.name == "other"' },
  { title: 'Script', url: 'javascript:alert(1)//{{.project.metadata.name}}' },
  { title: 'Broken', url: '{{.project.metadata.name' },
  { title: 'Data', url: 'data:text/html,x' },
];
/** Logins, then questions of callers with few rights, before there is an Application. */
const LOGINS = [31, 32, 33, 51, 54, 55, 58, 84, 85, 86, 87, 88, 89, 90, 91, 211];
const ACCOUNTS = [92, 93, 94, 95, 96, 97, 98, 99, 100, 101];
const PROJECTS = [
  175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 196, 194,
  195,
];

let redis: RedisServer;
let server: TestServer;
const tokens = new Map<string, string>();

async function replay(number: number): Promise<readonly string[]> {
  const exchange = readExchange(number);
  const answer = await server.send(exchange.verb, exchange.path, {
    headers: headersOf(exchange),
    ...(exchange.requestBody === undefined || exchange.verb === 'GET'
      ? {}
      : { body: await bodyOf(number, exchange.requestBody) }),
  });
  const actual = JSON.parse(answer.text || 'null') as JsonValue;
  remember(exchange, actual);
  const wrongStatus = answer.status === exchange.status ? [] : [`status ${answer.status}: ${answer.text}`];
  return [...wrongStatus, ...differences(inOurNamespace(exchange.body ?? null), actual)];
}

function headersOf({ as, headers }: Exchange): Readonly<Record<string, string>> {
  const recorded = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const token = tokens.get(as ?? '');
  return {
    'content-type': '',
    ...Object.fromEntries(recorded),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

/** A project is sent as it is here now; in the stale case as it was before the last change. */
let former: JsonObject = {};
async function bodyOf(number: number, body: JsonValue): Promise<unknown> {
  if (number === 186) return { project: former };
  if (number !== 185) return body;
  former = (await server.send('GET', '/api/v1/projects/restp', { token: tokens.get('admin') ?? '' }))
    .json as unknown as JsonObject;
  const spec = (body as { readonly project: { readonly spec: JsonObject } }).project.spec;
  return { project: { ...former, spec } };
}

function remember({ path, requestBody }: Exchange, actual: JsonValue): void {
  if (!isJsonObject(actual) || typeof actual['token'] !== 'string') return;
  const who = isJsonObject(requestBody) ? requestBody['username'] : undefined;
  if (path === '/api/v1/session' && typeof who === 'string') tokens.set(who, actual['token']);
  if (path.endsWith('/roles/ci/token')) tokens.set('proj', actual['token']);
}

const inOurNamespace = (value: JsonValue): JsonValue =>
  JSON.parse(
    JSON.stringify(value).replaceAll('"namespace":"argocd"', `"namespace":"${server.namespace.name}"`),
  ) as JsonValue;

/** Brings the passwords to what they were: the admin's first, as every other needs it. */
async function seedPasswords(): Promise<void> {
  const put = async (name: string, currentPassword: string, newPassword: string): Promise<void> => {
    const token = await login(currentPassword);
    const body = { name, currentPassword, newPassword };
    const { status } = await server.send('PUT', '/api/v1/account/password', { token, body });
    expect(status).toBe(200);
  };
  await put('admin', await server.password(), 'adminpass1');
  for (const name of ['alice', 'reader', 'nobody']) await put(name, 'adminpass1', `${name}pass1`);
  tokens.set('admin', await login('adminpass1'));
}

async function login(password: string): Promise<string> {
  const body = { username: 'admin', password };
  return String((await server.send('POST', '/api/v1/session', { body })).json['token']);
}

describe.runIf(recordingsPresent())('recorded REST calls about access', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await recordedInstallation(redis);
    await seedPasswords();
    const filed = { project: { metadata: { name: 'filed' }, spec: { roles: [{ name: 'ci' }] } } };
    await server.send('POST', '/api/v1/projects', { token: tokens.get('admin') ?? '', body: filed });
    const body = { expiresIn: 3_600, id: 'rest-token' };
    const { json } = await server.send('POST', '/api/v1/account/bot/token', {
      token: tokens.get('admin') ?? '',
      body,
    });
    expect(json['token']).toBeDefined();
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const check = (numbers: readonly number[]): void => {
    it.each(numbers.map((number) => [number, KNOWN[number] ?? 'as recorded'] as const))(
      '%d: %s',
      async (number) => {
        const found = await replay(number);
        if (KNOWN[number] === undefined) expect(found).toEqual([]);
      },
    );
  };
  describe('of callers with few rights', () => check(LOGINS));
  describe('of accounts', () => check(ACCOUNTS));
  describe('of projects', () => check(PROJECTS));
  describe('of links', () => {
    beforeAll(() =>
      server.configure('argocd-cm', {
        'project.links': JSON.stringify(LINKS),
      }),
    );
    it('330: as recorded, once the setting is there', async () => {
      await expect.poll(() => replay(330), { timeout: 30_000 }).toEqual([]);
    });
  });
});
