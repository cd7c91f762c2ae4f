import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiSchema, decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import { arrayAt, isJsonObject, stringAt, valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { Bindings, invocations, plain, withoutDefaults } from '@tiphys/testing/recordings/invocations';
import type { Invocation, RecordedCall } from '@tiphys/testing/recordings/invocations';
import { grpcCallsOf } from '../testing/grpc-recordings.ts';
import { REPLAYED } from '../testing/rest-recordings.ts';
import { recordedInstallation } from '../testing/recorded-installation.ts';
import { differences, readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { replayCall as replayBytes } from '@tiphys/testing/recordings/calls';
import type { TestServer } from '../testing/server.ts';

/** Calls that are answered otherwise on purpose, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  '724-appset-get-missing': 'the recording does not hold what was asked',
  '710-appset-generate-error': 'the text of an error in git is that of this repo-server',
};

const SERVICE = /^\/applicationset\.ApplicationSetService\//;

let redis: RedisServer;
let server: TestServer;
const tokens = new Map<string, string>();

async function login(username: string, password: string): Promise<string> {
  const body = { username, password };
  return String((await server.send('POST', '/api/v1/session', { body })).json['token']);
}

/** Times that the controller wrote are any time. */
const timed = (value: JsonValue): JsonValue =>
  JSON.parse(JSON.stringify(value).replace(/<ts-\d+>/g, '2026-01-02T03:04:05Z')) as JsonValue;

/** Writes to the cluster what its controller had written when the answer was recorded. */
async function asController(appset: JsonValue | undefined): Promise<void> {
  const status = valueAt(appset, 'status');
  const name = stringAt(appset, 'metadata', 'name') ?? '';
  if (!isJsonObject(status) || arrayAt(status, 'conditions').length === 0) return;
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${server.namespace.name}/applicationsets/${name}/status`;
  const body = { status: timed(status) };
  await server.kube.request('PATCH', path, body, 'application/merge-patch+json');
}

/** Elements of lists are recorded as the bytes that they were sent as. */
function unwrapped(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(unwrapped);
  if (!isJsonObject(value)) return value;
  const bytes = stringAt(value, 'raw', '$utf8');
  if (bytes !== undefined) return JSON.parse(bytes) as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrapped(inner ?? null)]));
}

const inOurNamespace = (value: JsonValue): JsonValue =>
  JSON.parse(
    JSON.stringify(unwrapped(value))
      .replaceAll('"namespace":"argocd"', `"namespace":"${server.namespace.name}"`)
      .replaceAll('"appsetNamespace":"argocd"', `"appsetNamespace":"${server.namespace.name}"`),
  ) as JsonValue;

async function replayCall(
  { argv }: Invocation,
  call: RecordedCall,
  bindings: Bindings,
): Promise<readonly string[]> {
  const method = apiSchema().methods.get(call.method);
  if (!method) return [`${call.method} is not known`];
  for (const appset of [call.response, ...arrayAt(call.response, 'items')]) {
    if (!call.method.endsWith('/Create')) await asController(inOurNamespace(appset));
  }
  const request = inOurNamespace(bindings.fill(call.request)) as JsonObject;
  const ask = async (): Promise<readonly string[]> => {
    const answer = await rawGrpc(server.port, call.method, {
      headers: { token: tokens.get(argv.includes('nobody') ? 'nobody' : 'admin') ?? '' },
      messages: [Buffer.from(encodeProto(method.request, request))],
    });
    const [bytes] = answer.messages;
    const reply = bytes ? (plain(decodeProto(method.response, bytes)) as JsonObject) : {};
    bindings.learn(call.response, reply);
    const message = answer.grpcStatus === 0 ? '' : answer.grpcMessage;
    return [
      ...differences({ status: call.status, message: call.message }, { status: answer.grpcStatus, message }),
      ...differences(withoutDefaults(inOurNamespace(call.response)), withoutDefaults(reply)),
    ].map((text) => `${call.method}${text}`);
  };
  if (/\/(?:Get|List)$/.test(call.method)) {
    // The server sees what the controller wrote a moment later.
    await expect.poll(ask, { timeout: 8_000 }).toEqual([]);
  }
  return /\/(?:Get|List)$/.test(call.method) ? [] : await ask();
}

async function replay(invocation: Invocation): Promise<readonly string[]> {
  const bindings = new Bindings();
  const found: string[] = [];
  for (const call of invocation.calls) {
    if (!SERVICE.test(call.method) || call.method.endsWith('/Watch')) continue;
    found.push(...(await replayCall(invocation, call, bindings)));
  }
  return found;
}

describe.runIf(recordingsPresent())('recorded calls about ApplicationSets', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await recordedInstallation(redis);
    server.repoServer.tree['sets/one/config.json'] = '{"env":"one"}';
    server.repoServer.tree['sets/two/config.json'] = '{"env":"two"}';
    tokens.set('admin', await login('admin', await server.password()));
    const body = { name: 'nobody', currentPassword: await server.password(), newPassword: 'nobodypass1' };
    await vi.waitFor(
      async () => {
        const token = tokens.get('admin') ?? '';
        expect((await server.send('PUT', '/api/v1/account/password', { token, body })).status).toBe(200);
      },
      { timeout: 30_000 },
    );
    tokens.set('nobody', await login('nobody', 'nobodypass1'));
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const ours = invocations(701, 741).filter(
    ({ name, calls }) => KNOWN[name] === undefined && calls.some(({ method }) => SERVICE.test(method)),
  );
  it.each(ours)('$name', async (invocation) => {
    expect(await replay(invocation)).toEqual([]);
  });

  it.each(grpcCallsOf(import.meta.filename))('$name', async (call) => {
    expect(await replayBytes(call, { port: server.port, token: tokens.get('admin') ?? '' })).toEqual([]);
  });

  describe('over REST', () => {
    it.each(REPLAYED.applicationSets)('%d', async (number) => {
      const { verb, path, headers, requestBody, status, body, as } = readExchange(number);
      const wanted = inOurNamespace(body ?? null);
      for (const appset of arrayAt(wanted, 'items').slice(0, number === 311 ? 1 : 0))
        await asController(appset);
      const ask = async (): Promise<readonly string[]> => {
        const answer = await server.send(verb, path, {
          headers: Object.fromEntries(
            Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]),
          ),
          token: tokens.get(as ?? '') ?? '',
          ...(requestBody === undefined || verb === 'GET' ? {} : { body: requestBody }),
        });
        const told = [...(answer.status === status ? [] : [`status ${answer.status}: ${answer.text}`])];
        const actual = JSON.parse(answer.text || 'null') as JsonValue;
        return [...told, ...differences(number === 314 ? ownEvents(wanted) : wanted, actual)];
      };
      if (verb === 'GET') await expect.poll(ask, { timeout: 8_000 }).toEqual([]);
      else expect(await ask()).toEqual([]);
    });
  });
});

/** The first event is this server's; the others are its controller's. Names of events hold the time. */
const ownEvents = (events: JsonValue): JsonValue => {
  const [first] = arrayAt(events, 'items');
  return { ...(events as JsonObject), items: [withAnyName(first ?? {})] };
};

const withAnyName = (event: JsonValue): JsonValue => {
  const metadata = valueAt(event, 'metadata');
  return {
    ...(event as JsonObject),
    metadata: { ...(isJsonObject(metadata) ? metadata : {}), name: '<rnd-1>' },
  };
};
