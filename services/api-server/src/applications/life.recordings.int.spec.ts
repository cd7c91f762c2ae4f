import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayAt, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { systemClock } from '@tiphys/runtime/clock';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { giveRecordedPasswords, sessionOf } from '../testing/recorded-accounts.ts';
import { recordedInstallation } from '../testing/recorded-installation.ts';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { RestReplay } from '../testing/rest-replay.ts';
import type { TestServer } from '../testing/server.ts';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<number, string>> = {
  210: 'what is wrong with the name is told by the cluster, in its words',
};

const WAIT = { timeout: 30_000 };
const REFRESH = 'argocd.argoproj.io/refresh';

let redis: RedisServer;
let server: TestServer;
let rest: RestReplay;

/** What was recorded, with a time and a commit in the place of those that are not known. */
const stamped = (value: JsonValue): JsonValue =>
  JSON.parse(
    rest
      .here(JSON.stringify(value))
      .replaceAll(/<ts-\d+>/g, '2024-01-01T00:00:00Z')
      .replaceAll(/<git:apps\/\d+>/g, 'a'.repeat(40)),
  ) as JsonValue;

/** The Applications that a recorded answer tells of. */
function appsIn(number: number): readonly JsonObject[] {
  const body = stamped(readExchange(number).body ?? null);
  const apps = isJsonObject(body) && Array.isArray(body['items']) ? arrayAt(body, 'items') : [body];
  return apps.filter((app): app is JsonObject => isJsonObject(app) && isJsonObject(app['spec']));
}

/** Puts the state that a recorded answer tells of into the cluster; what the call itself does is left out. */
async function carryOver(number: number): Promise<void> {
  for (const app of appsIn(number)) {
    const name = stringAt(app['metadata'], 'name') ?? '';
    const { labels, annotations } = app['metadata'] as JsonObject;
    const status = app['status'] as JsonObject;
    await server.patchApp(name, { status: null, operation: null });
    await server.patchApp(name, {
      metadata: { labels: labels ?? null, annotations: annotations ?? null },
      spec: app['spec'],
      status,
    });
    const nodes = status['resources'] ?? [];
    await server.cache.set(`app|resources-tree|${name}`, JSON.stringify({ nodes }), 600_000);
    await known(name);
  }
}

/** Waits until the server knows an Application as it is in the cluster. */
async function known(name: string): Promise<void> {
  const resourceVersion = (await server.findApp(name))?.metadata.resourceVersion;
  const token = rest.tokens.get('admin') ?? '';
  await expect
    .poll(async () => (await server.send('GET', `/api/v1/applications/${name}`, { token })).json, WAIT)
    .toMatchObject({ metadata: { resourceVersion } });
}

/** What the controller does once it is asked to compare anew. */
async function refresh(): Promise<void> {
  await expect
    .poll(async () => (await server.findApp('gb'))?.metadata.annotations?.[REFRESH], {
      ...WAIT,
      interval: 20,
    })
    .toBeDefined();
  await server.patchApp('gb', { metadata: { annotations: { [REFRESH]: null } } });
}

describe.runIf(recordingsPresent())('the recorded life of Applications over REST', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await recordedInstallation(redis, systemClock, ['--application-namespaces=team-a']);
    rest = new RestReplay(server, (text) =>
      text.replaceAll('"controllerNamespace":"argocd"', `"controllerNamespace":"${server.namespace.name}"`),
    );
    rest.tokens.set('admin', await giveRecordedPasswords(server));
    rest.tokens.set('alice', await sessionOf(server, 'alice', 'alicepass1'));
    server.repoServer.revisions['0.1.0'] = 'a'.repeat(40);
    for (const path of ['web', '', '.']) server.repoServer.paths[path] = [];
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const check = (
    numbers: readonly number[],
    send: (number: number) => Promise<readonly string[]> = (number) => rest.replay(number),
  ): void => {
    it.each(numbers.map((number) => [number, KNOWN[number] ?? 'as recorded'] as const))(
      '%d: %s',
      async (number) => {
        const found = await send(number);
        if (KNOWN[number] === undefined) expect(found).toEqual([]);
        else expect(found).not.toEqual([]);
      },
    );
  };

  describe('its beginning', () => check(REPLAYED.appsBegin));
  describe('compared anew', () =>
    check(REPLAYED.appsRefreshed, async (number) => {
      await carryOver(number);
      const [found] = await Promise.all([rest.replay(number), refresh()]);
      return found;
    }));
  describe('told again', () =>
    check(REPLAYED.appsTold, async (number) => {
      await carryOver(number);
      return rest.replay(number);
    }));
  describe('of charts', () => check(REPLAYED.chartApps));
  describe('its tree', () =>
    check(REPLAYED.appTrees, async (number) => {
      const { body } = readExchange(number);
      await server.cache.set('app|resources-tree|gb', JSON.stringify(body), 600_000);
      return rest.replay(number);
    }));
  describe('a sync by who may', () =>
    check(REPLAYED.appsSynced, async (number) => {
      await carryOver(number);
      await server.patchApp('gb', { status: { operationState: null } });
      await known('gb');
      return rest.replay(number);
    }));
  describe('its end', () => check(REPLAYED.appsEnd));
  describe('projects', () =>
    check(REPLAYED.projectList, async (number) => {
      const { body } = readExchange(number);
      const project = (isJsonObject(body) ? arrayAt(body, 'items') : []).find(
        (item) => isJsonObject(item) && stringAt(item['metadata'] as JsonObject, 'name') === 'filed',
      ) as JsonObject;
      const { labels } = project['metadata'] as JsonObject;
      await server.kube.apply({
        ...(stamped({ spec: project['spec'] ?? {}, status: project['status'] ?? {} }) as object),
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        metadata: {
          name: 'filed',
          namespace: server.namespace.name,
          labels: labels as Record<string, string>,
        },
      });
      const token = rest.tokens.get('admin') ?? '';
      await expect
        .poll(async () => (await server.send('GET', '/api/v1/projects/filed', { token })).status, WAIT)
        .toBe(200);
      return rest.replay(number);
    }));
});
