import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { TestServer } from '../testing/server.ts';

let redis: RedisServer;
let server: TestServer;

async function replay(number: number): Promise<void> {
  const { verb, path, headers, requestBody, status, body } = readExchange(number);
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: verb,
    headers,
    ...(verb === 'GET'
      ? {}
      : { body: typeof requestBody === 'string' ? requestBody : JSON.stringify(requestBody) }),
  });
  expect([answer.status, await answer.text()]).toEqual([status, body]);
}

describe.runIf(recordingsPresent())('recorded webhooks', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  it.each(REPLAYED.webhooks)('%d', replay);

  describe('once secrets are set', () => {
    beforeAll(async () => {
      const path = `/api/v1/namespaces/${server.namespace.name}/secrets/argocd-secret`;
      const stringData = { 'webhook.github.secret': 'hooksecret', 'webhook.gitlab.secret': 'hooksecret' };
      await server.kube.request('PATCH', path, { stringData }, 'application/merge-patch+json');
      await vi.waitFor(() => replay(349), { timeout: 30_000 });
    });
    it.each(REPLAYED.signedWebhooks)('%d', replay);
  });
});
