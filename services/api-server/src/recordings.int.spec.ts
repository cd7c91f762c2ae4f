import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { differences, readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import type { Exchange } from '@tiphys/testing/recordings/exchanges';
import { REPLAYED } from './testing/rest-recordings.ts';
import { TestServer } from './testing/server.ts';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<number, string>> = {
  3: 'the version text has no build suffix',
  202: 'the versions of other tools, and no Go toolchain',
  222: 'a dash before every field is taken as what it means; the recorded server fails with an unreadable error',
  223: 'all fields that are left are answered, not a fixed set of them, and none as null',
  27: 'same status; the recorded text has no Vary',
};

let redis: RedisServer;
let server: TestServer;
let token: string;

/** Puts the state that a recorded answer carries over into the cluster; what the call itself does is left out. */
async function carryOver(number: number): Promise<void> {
  const { body, status, path } = readExchange(number);
  const recorded = stamped(body);
  if (status !== 200 || !isJsonObject(recorded['metadata']) || path.includes('/spec')) return;
  const { labels, annotations } = recorded['metadata'] as Record<string, JsonObject | undefined>;
  const { operationState: _state, ...kept } = recorded['status'] as JsonObject;
  const state =
    path.endsWith('/sync') || path.endsWith('/rollback') ? {} : { operationState: _state ?? null };
  const history = path.endsWith('/rollback') ? { history: kept['history'] } : {};
  const wanted = { metadata: { labels: labels ?? null, annotations: annotations ?? null }, operation: null };
  await server.patchApp('gb', { ...wanted, status: null });
  await server.patchApp('gb', { spec: recorded['spec'], status: { ...kept, ...state, ...history } });
  const nodes = kept['resources'] as readonly JsonObject[];
  await server.cache.set('app|resources-tree|gb', JSON.stringify({ nodes }), 600_000);
  const known = await server.findApp('gb');
  const rv = known?.metadata.resourceVersion;
  await expect
    .poll(async () => (await server.send('GET', '/api/v1/applications/gb', { token })).json)
    .toMatchObject({ metadata: { resourceVersion: rv } });
}

async function replay(number: number): Promise<readonly string[]> {
  const exchange = readExchange(number);
  const answer = await server.send(exchange.verb, exchange.path, {
    headers: headersOf(exchange),
    ...(exchange.requestBody === undefined || exchange.verb === 'GET' || exchange.verb === 'HEAD'
      ? {}
      : { body: bodyOf(exchange.requestBody) }),
  });
  const wrongStatus =
    answer.status === exchange.status
      ? []
      : [`status ${answer.status} instead of ${exchange.status}: ${answer.text.slice(0, 200)}`];
  const type = exchange.responseHeaders['Content-Type'];
  const wrongType =
    type === undefined || answer.headers.get('content-type') === type
      ? []
      : [`content type ${answer.headers.get('content-type')}`];
  if (exchange.verb === 'HEAD' || exchange.body === undefined) return [...wrongStatus, ...wrongType];
  const actual =
    typeof exchange.body === 'string' ? answer.text : (JSON.parse(answer.text || 'null') as JsonValue);
  return [...wrongStatus, ...wrongType, ...differences(inOurNamespace(exchange.body), actual)];
}

/** The recorded headers, with a token that is good here. */
function headersOf(exchange: Exchange): Readonly<Record<string, string>> {
  const recorded = Object.entries(exchange.headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return { 'content-type': '', ...Object.fromEntries(recorded), ...credentials(exchange) };
}

function credentials({ as, headers }: Exchange): Readonly<Record<string, string>> {
  if (as === 'admin') return { authorization: `Bearer ${token}` };
  const tampered = headers['Authorization'] === 'Bearer <jwt-1>';
  return tampered ? { authorization: `Bearer ${token.slice(0, -6)}AAAAAA` } : {};
}

/** The recorded password is that of another installation. */
function bodyOf(body: JsonValue): unknown {
  if (typeof body === 'string') return body.replace('adminpass1', password);
  return stamped(
    inOurNamespace(JSON.parse(JSON.stringify(body).replace('adminpass1', password)) as JsonValue),
  );
}
let password = '';

/** What was recorded in `argocd` happens in a namespace of our own; the mask of ids and times stays. */
const inOurNamespace = (value: JsonValue): JsonValue =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"namespace":"argocd"', `"namespace":"${server.namespace.name}"`)
      .replaceAll('argocd/gb', `${server.namespace.name}/gb`),
  ) as JsonValue;

const stamped = (value: JsonValue | undefined): JsonObject =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/<ts-\d+>/g, '2024-01-01T00:00:00Z')
      .replaceAll(/<git:apps\/1>/g, 'a'.repeat(40)),
  ) as JsonObject;

/** Brings the cluster and the cache to where the recorded ones were. */
async function seed(): Promise<void> {
  const recorded = stamped(readExchange(212).body);
  for (const name of ['gb', 'np', 'unk']) {
    const source = {
      ...((recorded['spec'] as JsonObject)['source'] as JsonObject),
      ...(name === 'gb' ? {} : {}),
    };
    const spec = { ...(recorded['spec'] as JsonObject), source };
    const created = await server.send('POST', '/api/v1/applications?validate=false', {
      token,
      body: { metadata: { name }, spec },
    });
    expect(created.status).toBe(200);
    const status = { ...(recorded['status'] as Record<string, JsonValue>) };
    status['resources'] = (status['resources'] as readonly JsonObject[]).map(
      ({ health: _health, ...rest }) => rest,
    );
    await server.patchApp(name, {
      ...(name === 'gb' ? { metadata: { labels: { tier: 'front' } } } : {}),
      status,
    });
  }
  const tree = readExchange(232).body;
  const managed = readExchange(230).body;
  await server.cache.set('app|resources-tree|gb', JSON.stringify(tree), 600_000);
  await server.cache.set(
    'app|managed-resources|gb',
    JSON.stringify(isJsonObject(managed) ? managed['items'] : []),
    600_000,
  );
  const manifests = (readExchange(233).body as { readonly manifests: readonly string[] }).manifests;
  server.repoServer.paths['web'] = manifests.map((text) => {
    const object = JSON.parse(text) as { metadata: { annotations?: unknown } };
    delete object.metadata.annotations;
    return object as unknown as JsonObject;
  });
  await expect
    .poll(async () => (await server.send('GET', '/api/v1/applications/unk', { token })).json)
    .toMatchObject({ status: { sync: { status: 'OutOfSync' } } });
}

describe.runIf(recordingsPresent())('recorded REST calls', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    password = await server.password();
    token = await server.login();
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

  describe('without Applications', () => check(REPLAYED.withoutApps));

  describe('of an Application before its first sync', () => {
    it('starts where the recording does', seed);
    check(REPLAYED.freshApp);
    check(REPLAYED.firstWrites);
  });

  describe('of the live objects of an Application', () => {
    it('starts where the recording does', async () => {
      const labels = { app: 'web' };
      const inA = { namespace: 'ns-a' };
      const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
      await server.kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns-a' } });
      await server.kube.apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web-config', ...inA },
      });
      await server.kube.apply({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', ...inA },
        spec: { replicas: 1, selector: { matchLabels: labels }, template },
      });
      await server.cache.set('app|resources-tree|gb', JSON.stringify(readExchange(253).body), 600_000);
    });
    check(REPLAYED.actions);
  });

  describe('of an Application later in its life', () => {
    beforeAll(() => {
      server.repoServer.revisions['main'] = 'a'.repeat(40);
    });
    it.each(REPLAYED.laterWrites)('%d: as recorded', async (number) => {
      await carryOver(number);
      expect(await replay(number)).toEqual([]);
    });
    it('ends when the controller took the finalizer away', async () => {
      await server.patchApp('gb', { metadata: { finalizers: null } });
      await expect
        .poll(async () => (await server.send('GET', '/api/v1/applications/gb', { token })).status)
        .toBe(403);
    });
    check(REPLAYED.goneApp);
  });
});
