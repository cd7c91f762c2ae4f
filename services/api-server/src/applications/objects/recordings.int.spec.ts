import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { startPodLogServer } from '@tiphys/testing/pod-logs';
import type { PodLogServer } from '@tiphys/testing/pod-logs';
import { poll } from '@tiphys/testing/processes';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { methodOf, recordedCalls } from '@tiphys/testing/recordings/calls';
import type { RecordedCall } from '@tiphys/testing/recordings/calls';
import { invocations, plain, withoutDefaults } from '@tiphys/testing/recordings/invocations';
import { grpcCallsOf } from '../../testing/grpc-recordings.ts';
import { REPLAYED } from '../../testing/rest-recordings.ts';
import { recordedInstallation } from '../../testing/recorded-installation.ts';
import { differences, readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import type { TestServer } from '../../testing/server.ts';

const SERVICE = '/application.ApplicationService/';
const OURS = ['GetResource', 'PatchResource', 'DeleteResource', 'ListLinks', 'ListResourceLinks'].map(
  (name) => SERVICE + name,
);
const LOGS = `${SERVICE}PodLogs`;

let redis: RedisServer;
let server: TestServer;
let nodes: PodLogServer;
let target: TestNamespace;
const tokens = new Map<string, string>();

/** What was recorded in `ns-a` happens in a namespace of the test; random names get one each. */
const here = (text: string): string =>
  text.replaceAll('ns-a', target.name).replaceAll(/<rnd-(\d+)>/gu, 'rnd$1');
const moved = <T extends JsonValue>(value: T): T => JSON.parse(here(JSON.stringify(value))) as T;

const object = (kind: string, name: string, group = '') => ({
  group,
  version: 'v1',
  kind,
  namespace: target.name,
  name,
});

async function makeApp(name: string): Promise<void> {
  const source = { repoURL: 'https://git.example.com/apps.git', path: 'web', targetRevision: 'main' };
  const spec = { project: 'default', source, destination: { server: nodes.url, namespace: target.name } };
  const body = { metadata: { name }, spec };
  const path = '/api/v1/applications?validate=false';
  const token = tokens.get('admin') ?? '';
  await poll(async () => (await server.send('POST', path, { token, body })).status === 200, {
    what: `${name} is there`,
    timeoutMs: 30_000,
  });
  const pods = ['web-66b84598b5-rnd1', 'web-66b84598b5-rnd2', 'web-6564cbcfb9-rnd1', 'web-6564cbcfb9-rnd2'];
  const all = [
    object('Deployment', 'web', 'apps'),
    object('ConfigMap', 'web-config'),
    object('Deployment', 'kweb', 'apps'),
    object('Service', 'kweb'),
    ...pods.map((pod) => ({
      ...object('Pod', pod),
      parentRefs: [object('Deployment', pod.includes('66b8') ? 'web' : 'web-later', 'apps')],
    })),
  ].map((node, index) => ({ ...node, uid: `uid-${String(index)}` }));
  await server.cache.set(`app|resources-tree|${name}`, JSON.stringify({ nodes: all }), 600_000);
  for (const pod of pods)
    for (const log of [pod, `${pod}/main`])
      nodes.log(log).refuse(404, `no logs found for container "main" in pod "${target.name}/${pod}"`);
}

/** Makes the live object be what the answer says, or just be there where the answer says nothing of it. */
async function seed(request: JsonValue, manifest: string | undefined): Promise<void> {
  const kind = stringAt(request, 'kind') ?? '';
  const name = stringAt(request, 'resourceName') ?? '';
  const group = stringAt(request, 'group') ?? '';
  const recorded = manifest === undefined ? {} : (JSON.parse(here(manifest)) as Record<string, JsonObject>);
  const labels = { app: name };
  const spec =
    kind === 'Deployment'
      ? {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'x' }] } },
        }
      : kind === 'Service'
        ? { ports: [{ port: 80 }] }
        : undefined;
  const { status: _status, metadata, ...rest } = recorded;
  await server.kube.apply({
    ...(spec === undefined ? {} : { spec }),
    ...rest,
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind,
    metadata: {
      name,
      namespace: target.name,
      annotations: metadata?.['annotations'] ?? {},
      labels: metadata?.['labels'] ?? {},
    },
  } as never);
}

const OF_CLUSTER = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deployment.kubernetes.io/revision',
]);

/** An object as text, without what this cluster alone decides. */
function comparable(answer: JsonValue | undefined): JsonValue {
  if (!isJsonObject(answer) || typeof answer['manifest'] !== 'string') return answer ?? null;
  const { status: _status, metadata, ...rest } = JSON.parse(answer['manifest']) as Record<string, JsonObject>;
  const own = Object.entries(metadata ?? {}).filter(([key]) => !OF_CLUSTER.has(key));
  const annotations = Object.entries(metadata?.['annotations'] ?? {}).filter(([key]) => !OF_CLUSTER.has(key));
  const manifest = {
    ...rest,
    metadata: { ...Object.fromEntries(own), annotations: Object.fromEntries(annotations) },
  };
  return { ...answer, manifest };
}

async function replayRest(number: number): Promise<readonly string[]> {
  const exchange = readExchange(number);
  const { verb, status, headers } = exchange;
  const path = here(exchange.path);
  const query = Object.fromEntries(new URL(path, 'http://localhost').searchParams);
  const isWritten = verb !== 'GET' && status === 200;
  if (query['resourceName'] !== undefined && (isWritten || stringAt(exchange.body, 'manifest') !== undefined))
    await seed({ ...query }, stringAt(exchange.body, 'manifest'));
  const answer = await server.send(verb, path, {
    token: tokens.get(exchange.as ?? '') ?? '',
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value])),
    ...(exchange.requestBody === undefined || verb === 'GET' ? {} : { body: exchange.requestBody }),
  });
  const type = answer.headers.get('content-type');
  const wanted = exchange.responseHeaders['Content-Type'];
  const body = moved(exchange.body ?? null);
  return [
    ...(answer.status === status && type === wanted ? [] : [`${String(answer.status)} ${String(type)}`]),
    ...(typeof body === 'string'
      ? differences(linesOf(body), linesOf(answer.text))
      : differences(comparable(body), comparable(JSON.parse(answer.text) as JsonValue))),
  ];
}

/** Streams line by line, so that placeholders stand for a word and not for all of it. */
const linesOf = (text: string): JsonValue =>
  text.split('\n').map((line) => {
    const json = /^(?:data: )?(\{.*\})/u.exec(line)?.[1];
    return json === undefined ? line : (JSON.parse(json) as JsonValue);
  });

async function replayCall(call: RecordedCall, token: string): Promise<readonly string[]> {
  const method = methodOf(call.path);
  const request = moved(decodeProto(method.request, call.request));
  const response = call.response === undefined ? {} : decodeProto(method.response, call.response);
  if (call.status === 0 && call.path.endsWith('Resource'))
    await seed(request, stringAt(response, 'manifest'));
  const answer = await rawGrpc(server.port, call.path, {
    headers: { token },
    messages: [Buffer.from(encodeProto(method.request, request))],
  });
  const said = { status: answer.grpcStatus, message: answer.grpcStatus === 0 ? '' : answer.grpcMessage };
  const [bytes] = answer.messages;
  const actual = bytes === undefined ? {} : decodeProto(method.response, bytes);
  return [
    ...differences({ status: call.status, message: call.status === 0 ? '' : call.message }, said),
    ...(call.status === 0 ? differences(comparable(moved(response)), comparable(actual)) : []),
  ];
}

describe.runIf(recordingsPresent())('recorded calls about single objects', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await recordedInstallation(redis);
    const token = await server.login();
    tokens.set('admin', token);
    target = await server.kube.createNamespace('objects-rec');
    nodes = await startPodLogServer(server.kube.connection);
    await server.kube.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'cluster-with-logs',
        namespace: server.namespace.name,
        labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
      },
      stringData: { server: nodes.url, name: 'with-logs', config: '{}' },
    } as never);
    await poll(
      async () => {
        const { json } = await server.send('POST', '/api/v1/account/alice/token', { token, body: {} });
        tokens.set('alice', String(json['token']));
        return json['token'] !== undefined;
      },
      { what: 'alice has a token' },
    );
    for (const name of ['gb', 'gr', 'one']) await makeApp(name);
  });
  afterAll(async () => {
    await nodes.close();
    await target.remove();
    await server.stop();
    await redis.stop();
  });

  it.each(REPLAYED.objects)('%d over REST', async (number) => {
    expect(await replayRest(number)).toEqual([]);
  });

  it.each(REPLAYED.appEvents)('%d over REST: events are told alike', async (number) => {
    const { json } = await server.send('GET', '/api/v1/applications/gb/events', {
      token: tokens.get('admin') ?? '',
    });
    const [created] = json['items'] as readonly JsonObject[];
    const recorded = (readExchange(number).body as { readonly items: readonly JsonObject[] }).items[0];
    const known = JSON.stringify(recorded)
      .replaceAll(/gb\.[0-9a-f]{16}/gu, '<rnd-1>')
      .replaceAll('"argocd"', JSON.stringify(server.namespace.name))
      .replaceAll('ns-a', target.name)
      .replaceAll('https://kubernetes.default.svc', nodes.url)
      .replaceAll(`"manager":${JSON.stringify(server.namespace.name)}`, '"manager":"argocd"');
    expect(differences(JSON.parse(known) as JsonValue, created)).toEqual([]);
  });

  describe('once links are set', () => {
    beforeAll(async () => {
      await server.configure('argocd-cm', {
        'application.links': JSON.stringify([
          {
            title: 'Monitor',
            url: 'https://mon.example.com/{{.app.metadata.name}}',
            description: 'metrics',
            'icon.class': 'fa-chart',
          },
        ]),
        'resource.links': JSON.stringify([
          { title: 'Logs', url: 'https://logs.example.com/{{.resource.metadata.namespace}}' },
        ]),
      });
      await poll(
        async () =>
          (
            await server.send('GET', '/api/v1/applications/gb/links', { token: tokens.get('admin') ?? '' })
          ).text.includes('Monitor'),
        { what: 'the links are known', timeoutMs: 30_000 },
      );
      await seed({ kind: 'Deployment', group: 'apps', resourceName: 'web' }, undefined);
    });
    it.each(REPLAYED.appLinks)('%d over REST', async (number) => {
      expect(await replayRest(number)).toEqual([]);
    });
    it.each(grpcCallsOf(import.meta.filename).map((call) => [call.name, call] as const))(
      '%s over gRPC',
      async (_name, call) => {
        expect(await replayCall(call, tokens.get('admin') ?? '')).toEqual([]);
      },
    );
  });

  const unary = recordedCalls('cli', 451, 816).filter(({ path }) => OURS.includes(path));
  it.each(unary.map((call) => [call.name, call] as const))('%s', async (name, call) => {
    const found = await replayCall(call, tokens.get(name.includes('alice') ? 'alice' : 'admin') ?? '');
    expect(found).toEqual([]);
  });

  const streams = invocations(451, 640).filter(({ calls }) => calls.some(({ method }) => method === LOGS));
  it.each(streams.map((one) => [one.name, one] as const))('%s', async (name, { calls }) => {
    const method = methodOf(LOGS);
    const call = calls.find((one) => one.method === LOGS);
    const answer = await rawGrpc(server.port, LOGS, {
      headers: { token: tokens.get(name.includes('alice') ? 'alice' : 'admin') ?? '' },
      messages: [Buffer.from(encodeProto(method.request, moved(call?.request ?? {})))],
    });
    const message = answer.grpcStatus === 0 ? '' : answer.grpcMessage;
    expect(
      differences(
        { status: call?.status ?? 0, message: call?.message ?? '' },
        { status: answer.grpcStatus, message },
      ),
    ).toEqual([]);
    const said = answer.messages.map((bytes) => plain(decodeProto(method.response, bytes)) as JsonObject);
    const isSelected = name !== '636-app-logs-nomatch' && answer.grpcStatus === 0;
    expect(said.length > 0).toBe(isSelected);
    if (!isSelected) return;
    expect(said.at(-1)).toMatchObject({ last: true, content: '' });
    for (const entry of said.slice(0, -1))
      expect(withoutDefaults(entry)).toEqual({
        content: expect.stringMatching(/^no logs found for container "main" in pod /u) as string,
        timeStampStr: '0001-01-01T00:00:00Z',
      });
  });
});
