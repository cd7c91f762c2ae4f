import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { poll } from '@tiphys/testing/processes';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { recordedCalls, replayCall } from '@tiphys/testing/recordings/calls';
import { recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { grpcCallsOf } from '../testing/grpc-recordings.ts';
import { TestServer } from '../testing/server.ts';

const HOSTS = 'the keys of fewer hosts are shipped';

/** Calls that are answered otherwise on purpose, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  '147-cert-list-default': HOSTS,
  '148-cert-list-ssh-wide': HOSTS,
  '149-cert-list-filter': HOSTS,
  '165-gpg-add-garbage': 'same status; the keys are read here, no program is run that an error could name',
};

const KNOWN_HOSTS = resolve(import.meta.dirname, '../../../../helm/tiphys/files/ssh_known_hosts');

let redis: RedisServer;
let server: TestServer;
let token: string;

const configMap = (name: string, data: Readonly<Record<string, string>>): Promise<unknown> =>
  server.kube.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: server.namespace.name },
    data,
  } as Parameters<TestServer['kube']['apply']>[0]);

describe.runIf(recordingsPresent())('recorded calls about certificates, keys and notifications', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    token = await server.login();
    await configMap('argocd-ssh-known-hosts-cm', { ssh_known_hosts: readFileSync(KNOWN_HOSTS, 'utf8') });
    await configMap('argocd-notifications-cm', {
      'service.webhook.rec': 'url: https://hook.example.com',
      'trigger.on-synced': '- send: [app-synced]',
      'template.app-synced': 'message: synced',
      context: 'a: b',
    });
    const items = async (path: string): Promise<number> =>
      arrayAt((await server.send('GET', path, { token })).json as JsonObject, 'items').length;
    for (const path of ['/api/v1/certificates', '/api/v1/notifications/services']) {
      await poll(async () => (await items(path)) > 0, { what: `entries of ${path}` });
    }
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const calls = [
    ...recordedCalls('cli', 147, 175).filter(({ path }) => /^\/(certificate|gpgkey)\./.test(path)),
    ...grpcCallsOf(import.meta.filename),
  ];
  it.each(calls.map((call) => [`${call.name} ${call.path.split('/')[2] ?? ''}`, call] as const))(
    '%s',
    async (_name, call) => {
      const found = await replayCall(call, { port: server.port, token });
      if (KNOWN[call.name] === undefined) expect(found.join('\n')).toBe('');
      else expect(found.join('')).toMatch(call.status === 0 ? /^\.items/ : new RegExp(`^${call.status} `));
    },
  );
});
