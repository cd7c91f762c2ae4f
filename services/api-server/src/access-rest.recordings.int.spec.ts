import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { giveRecordedPasswords } from './testing/recorded-accounts.ts';
import { REPLAYED } from './testing/rest-recordings.ts';
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

describe.runIf(recordingsPresent())('recorded REST calls about access', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await recordedInstallation(redis);
    tokens.set('admin', await giveRecordedPasswords(server));
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
  describe('of callers with few rights', () => check(REPLAYED.callersWithFewRights));
  describe('of accounts', () => check(REPLAYED.accounts));
  describe('of projects', () => check(REPLAYED.projects));
  describe('of links', () => {
    beforeAll(() =>
      server.configure('argocd-cm', {
        'project.links': JSON.stringify(LINKS),
      }),
    );
    it.each(REPLAYED.projectLinks)('%d: as recorded, once the setting is there', async (number) => {
      await expect.poll(() => replay(number), { timeout: 30_000 }).toEqual([]);
    });
  });
});
