import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { stringifyJson } from '@tiphys/yaml';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { recordedCalls, replayCall } from '@tiphys/testing/recordings/calls';
import { recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { TestServer } from '../testing/server.ts';
import { ServiceAccount } from '../testing/service-account.ts';

const SAME = 'a cluster is the same as what was declared, also with labels and annotations';
const PROJECT = 'the project of a cluster is told';

/** Calls that are answered otherwise on purpose, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  '185-cluster-add-again-same': SAME,
  '186-cluster-add-again-differs':
    'same status; only what differs is named, not what every declared cluster has',
  '213-cluster-add-bearer-upsert': PROJECT,
  '214-cluster-get-bearer': PROJECT,
  '216-cluster-rm-bearer': PROJECT,
};

let redis: RedisServer;
let server: TestServer;
let token: string;
let account: ServiceAccount;

/** The two addresses that the recorded cluster had, and the ones that the cluster of the test has. */
const addresses = (): readonly (readonly [recorded: string, here: string])[] => {
  const here = server.kube.apiUrl;
  return [
    ['https://127.0.0.1:36443', here],
    ['https://localhost:36443', here.replace('127.0.0.1', 'localhost')],
  ];
};

const moved = (value: JsonValue): JsonValue =>
  addresses().reduce<JsonValue>(
    (current, [from, to]) => JSON.parse(JSON.stringify(current).replaceAll(from, to)) as JsonValue,
    value,
  );

/** A recorded login is of no use here: certificates become those of the test, tokens that of a service account. */
function withLogin(message: JsonValue): JsonValue {
  const there = moved(message);
  const cluster = isJsonObject(there) ? there['cluster'] : undefined;
  if (!isJsonObject(cluster) || !isJsonObject(cluster['config'])) return there;
  const { caPem, certPem = '', keyPem = '' } = server.kube.connection;
  const [caData, certData, keyData] = [caPem, certPem, keyPem].map((pem) =>
    Buffer.from(pem).toString('base64'),
  );
  const isBearer = (cluster['config']['bearerToken'] ?? '') !== '';
  const isEmpty = !isBearer && (cluster['server'] ?? '') === '';
  const config: JsonObject = isEmpty
    ? cluster['config']
    : isBearer
      ? { bearerToken: account.token, tlsClientConfig: { insecure: false, caData } }
      : { tlsClientConfig: { insecure: false, caData, certData, keyData } };
  return { ...(there as JsonObject), cluster: { ...cluster, config } };
}

describe.runIf(recordingsPresent())('recorded calls about clusters', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    token = await server.login();
    account = await ServiceAccount.create(server.kube, server.namespace.name);
    await server.cache.set(
      'cluster|info|https://kubernetes.default.svc',
      stringifyJson({
        connectionState: {
          status: 'Unknown',
          message: 'Cluster has no applications and is not being monitored.',
          attemptedAt: '2026-01-02T03:04:05Z',
        },
        serverVersion: '1.36.3',
        cacheInfo: {},
        applicationsCount: 0,
      }),
      600_000,
    );
  });
  afterAll(async () => {
    await account.remove();
    await server.stop();
    await redis.stop();
  });

  const calls = recordedCalls('cli', 176, 216).filter(({ path }) =>
    path.startsWith('/cluster.ClusterService/'),
  );
  it.each(calls.map((call) => [`${call.name} ${call.path.split('/')[2] ?? ''}`, call] as const))(
    '%s',
    async (_name, call) => {
      const found = await replayCall(
        call,
        { port: server.port, token },
        { request: withLogin, response: moved },
      );
      if (KNOWN[call.name] === undefined) expect(found.join('\n')).toBe('');
      else if (KNOWN[call.name] === SAME) expect(found.join('')).toMatch(/^0 /);
      else expect(found.join('')).toMatch(new RegExp(`^${call.status} |project|^$`));
    },
  );

  it('a rotated token is stored before the old one ends', async () => {
    const namespace = await server.kube.createNamespace('rotate');
    const own = await ServiceAccount.create(server.kube, namespace.name);
    const body = {
      server: server.kube.apiUrl.replace('127.0.0.1', 'localhost'),
      name: 'rotated',
      config: { bearerToken: own.token, tlsClientConfig: { insecure: true } },
    };
    expect((await server.send('POST', '/api/v1/clusters', { token, body })).status).toBe(200);
    const before = await own.secretNames();
    const rotated = await server.send('POST', '/api/v1/clusters/rotated/rotate-auth?id.type=name', {
      token,
      body: {},
    });
    expect(rotated.text).toBe('{}');
    const after = await own.secretNames();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    const again = await server.send('PUT', '/api/v1/clusters/rotated?id.type=name&updatedFields=labels', {
      token,
      body: { name: 'rotated', labels: { a: 'b' } },
    });
    expect(again.json).toMatchObject({ serverVersion: expect.stringMatching(/^v1\./), labels: { a: 'b' } });
    await own.remove();
    await namespace.remove();
  });
});
