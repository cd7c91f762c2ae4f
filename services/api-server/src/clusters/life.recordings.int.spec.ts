import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import { stringifyJson } from '@tiphys/yaml';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { RestReplay } from '../testing/rest-replay.ts';
import { TestServer } from '../testing/server.ts';
import { ServiceAccount } from '../testing/service-account.ts';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<number, string>> = {
  163: 'a cluster is the same as what was declared, also with labels',
  164: 'same status; only what differs is named, not what every declared cluster has',
  168: 'a token of a service account is rotated, whoever made it',
};

const IN_CLUSTER = `/api/v1/clusters/${encodeURIComponent('https://kubernetes.default.svc')}`;

let redis: RedisServer;
let server: TestServer;
let account: ServiceAccount;
let rest: RestReplay;

/** The addresses of the recorded cluster, as they are here, and a token that is good for it. */
function here(text: string): string {
  const url = server.kube.apiUrl;
  const local = url.replace('127.0.0.1', 'localhost');
  return [
    ['https://127.0.0.1:36443', url],
    ['https://localhost:36443', local],
    ['https%3A%2F%2Flocalhost%3A36443', encodeURIComponent(local)],
    ['<jwt-1>', account.token],
  ].reduce((current, [from = '', to = '']) => current.replaceAll(from, to), text);
}

/** Another cluster; neither is watched yet, and one was asked to be read anew. */
async function likeTheRecorded(token: string): Promise<void> {
  const url = server.kube.apiUrl;
  const caData = Buffer.from(server.kube.connection.caPem ?? '').toString('base64');
  const config = { bearerToken: account.token, tlsClientConfig: { insecure: false, caData } };
  const body = { server: url, name: 'second', config };
  expect((await server.send('POST', '/api/v1/clusters', { token, body })).status).toBe(200);
  const asked = await server.send('POST', `${IN_CLUSTER}/invalidate-cache`, { token, body: {} });
  expect(asked.status).toBe(200);
  const message = 'Cluster has no applications and is not being monitored.';
  const connectionState = { status: 'Unknown', message, attemptedAt: '2026-01-02T03:04:05Z' };
  const info = stringifyJson({ connectionState, cacheInfo: {}, applicationsCount: 0 });
  for (const address of [url, 'https://kubernetes.default.svc'])
    await server.cache.set(`cluster|info|${address}`, info, 600_000);
}

describe.runIf(recordingsPresent())('the recorded life of a cluster over REST', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    account = await ServiceAccount.create(server.kube, server.namespace.name);
    rest = new RestReplay(server, here);
    const token = await server.login();
    rest.tokens.set('admin', token);
    await likeTheRecorded(token);
  });
  afterAll(async () => {
    await account.remove();
    await server.stop();
    await redis.stop();
  });

  it.each(REPLAYED.clusters.map((number) => [number, KNOWN[number] ?? 'as recorded'] as const))(
    '%d: %s',
    async (number) => {
      const found = await rest.replay(number);
      if (KNOWN[number] === undefined) expect(found).toEqual([]);
      else expect(found).not.toEqual([]);
    },
  );

  it('ends with the two that were there', async () => {
    const { json } = await server.send('GET', '/api/v1/clusters', { token: rest.tokens.get('admin') ?? '' });
    expect((json['items'] as readonly JsonValue[]).length).toBe(2);
  });
});
