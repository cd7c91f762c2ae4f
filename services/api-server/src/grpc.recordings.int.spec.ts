import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeProto } from '@tiphys/adapter-argo-api';
import { arrayAt, isJsonObject, stringAt, valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { systemClock } from '@tiphys/runtime/clock';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { openRawGrpc, rawGrpc } from '@tiphys/testing/raw-grpc';
import type { RawStream } from '@tiphys/testing/raw-grpc';
import { methodOf, replayCall, timeless } from '@tiphys/testing/recordings/calls';
import type { RecordedCall } from '@tiphys/testing/recordings/calls';
import { differences, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { grpcCallsOf } from './testing/grpc-recordings.ts';
import { recordedInstallation } from './testing/recorded-installation.ts';
import { appNamed } from './testing/server.ts';
import type { TestServer } from './testing/server.ts';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  '056-version-anon': 'the version text has no build suffix',
};

const WAIT = { timeout: 30_000 };
const STREAMS = /\/Watch(?:ResourceTree)?$/u;
const calls = grpcCallsOf(import.meta.filename);

let redis: RedisServer;
let server: TestServer;
let target: TestNamespace;
let token: string;

/** What was recorded, as it is here; ids and versions of objects are placeholders. */
const here = (value: JsonValue): JsonValue =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('"argocd"', JSON.stringify(server.namespace.name))
      .replaceAll('ns-a', target.name)
      .replaceAll(/"(resourceVersion|uid)":"[^"]+"/gu, '"$1":"<rv-1>"')
      .replaceAll(/gr\.[0-9a-f]{16}/gu, '<rnd-1>'),
  ) as JsonValue;

function called(name: string): RecordedCall {
  const found = calls.find((call) => call.name === name);
  if (found === undefined) throw new Error(`${name} is not replayed here`);
  return found;
}

/** A recorded answer in the words of this installation. */
const answered = ({ path, response }: RecordedCall): JsonObject =>
  here(decodeProto(methodOf(path).response, response ?? Buffer.alloc(0))) as JsonObject;

/** The messages of a recorded stream that were kept. */
const streamed = ({ path, messages }: RecordedCall): readonly JsonObject[] =>
  messages.map((bytes) => here(decodeProto(methodOf(path).response, bytes)) as JsonObject);

const open = ({ path, request }: RecordedCall): RawStream =>
  openRawGrpc(server.port, path, { headers: { token }, messages: [request] });

const received = (stream: RawStream, { path }: RecordedCall): readonly JsonObject[] =>
  stream.messages().map((bytes) => decodeProto(methodOf(path).response, bytes) as JsonObject);

/** The settings that the recorded answer shows. */
async function configure(): Promise<void> {
  const { resourceOverrides } = answered(called('054-settings'));
  const entries = Object.entries(resourceOverrides as JsonObject).map(([kind, override]) => [
    `resource.customizations.ignoreResourceUpdates.${kind === '*/*' ? 'all' : kind.replace('/', '_')}`,
    stringAt(override, 'ignoreResourceUpdates') ?? '',
  ]);
  const links = [{ title: 'Wiki', url: 'https://wiki.example.com/{{.project.metadata.name}}' }];
  await server.configure('argocd-cm', {
    ...(Object.fromEntries(entries) as Record<string, string>),
    'project.links': JSON.stringify(links),
    'statusbadge.enabled': 'true',
  });
}

/** The Application `gr` and what the controller had told of it; the others are of no interest but for being there. */
async function seed(): Promise<void> {
  const [first = {}] = streamed(called('009-watch-all'));
  const app = first['application'] as JsonObject;
  for (const name of ['gr', 'one', 'pol', 'two']) {
    const spec = name === 'gr' ? (app['spec'] as JsonObject) : {};
    const body = appNamed(name, spec);
    const created = await server.send('POST', '/api/v1/applications?validate=false', { token, body });
    expect([created.status, created.text]).toEqual([200, expect.any(String)]);
  }
  await server.patchApp('gr', { status: withRequired(app['status'] ?? null) });
  const tree = answered(called('015-resource-tree-filter'));
  const { items } = answered(called('014-managed-resources'));
  await server.cache.set('app|resources-tree|gr', JSON.stringify(tree), 600_000);
  await server.cache.set('app|managed-resources|gr', JSON.stringify(items), 600_000);
  await vi.waitFor(async () => {
    const { json } = await server.send('GET', '/api/v1/applications/gr', { token });
    expect(json).toMatchObject({ status: { sync: { status: 'Synced' } } });
  }, WAIT);
}

/** The definition of the kind wants some fields also where they say nothing. */
function withRequired(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withRequired);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withRequired(inner ?? null)] as const);
  return {
    ...('deployedAt' in value ? { id: 0 } : {}),
    ...('syncPhase' in value ? { group: '' } : {}),
    ...Object.fromEntries(entries),
  };
}

/** What happened to `gr` while it was recorded, but for its creation, which is told of here as well. */
async function seedEvents(): Promise<void> {
  const gr = await server.findApp('gr');
  for (const [index, event] of arrayAt(answered(called('001-app-events')), 'items').entries()) {
    if (index === 0) continue;
    const namespace = server.namespace.name;
    const involved = valueAt(event, 'involvedObject') as JsonObject;
    const metadata = valueAt(event, 'metadata') as JsonObject;
    await server.kube.apply({
      ...(event as JsonObject),
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `gr.${String(index)}`, namespace, annotations: metadata['annotations'] ?? {} },
      involvedObject: {
        ...involved,
        uid: gr?.metadata.uid,
        resourceVersion: gr?.metadata.resourceVersion,
      },
    } as Parameters<TestServer['kube']['apply']>[0]);
  }
}

async function seedObjects(): Promise<void> {
  const labels = { app: 'web' };
  const containers = [{ name: 'web', image: 'example.com/web:1.0' }];
  await server.kube.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: target.name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  } as Parameters<TestServer['kube']['apply']>[0]);
}

/** The clusters of the recording, and what its controller had told of them. */
async function seedClusters(): Promise<void> {
  await server.kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'cluster-second',
      namespace: server.namespace.name,
      labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
    },
    stringData: { server: 'https://127.0.0.1:36443', name: 'second', config: '{}' },
  } as Parameters<TestServer['kube']['apply']>[0]);
  const info = answered(called('021-cluster-invalidate-cache'))['info'];
  await server.cache.set('cluster|info|https://kubernetes.default.svc', JSON.stringify(info), 600_000);
}

async function seedProject(): Promise<void> {
  const body = { project: { metadata: { name: 'filed' }, spec: {} } };
  expect((await server.send('POST', '/api/v1/projects', { token, body })).status).toBe(200);
}

const replay = (call: RecordedCall): Promise<readonly string[]> =>
  replayCall(
    call,
    { port: server.port, token: call.name.endsWith('-anon') ? '' : token },
    { ...(call.request.includes('ns-a') ? { request: moved } : {}), response: here },
  );

/** Names of events hold the time; some times say only when something was seen. */
function anonymous(event: JsonValue): JsonValue {
  const metadata = valueAt(event, 'metadata') as JsonObject;
  return { ...(event as JsonObject), metadata: { ...metadata, name: '<rnd-1>' } };
}

const moved = (value: JsonValue): JsonValue =>
  JSON.parse(JSON.stringify(value).replaceAll('ns-a', target.name)) as JsonValue;

describe.runIf(recordingsPresent())('recorded gRPC calls', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await recordedInstallation(redis, systemClock, [
      '--hydrator-enabled',
      '--application-namespaces=team-a',
    ]);
    target = await server.kube.createNamespace('grpc-rec');
    token = await server.login();
    await configure();
    await Promise.all([seed().then(seedEvents), seedObjects(), seedClusters(), seedProject()]);
  });
  afterAll(async () => {
    await target.remove();
    await server.stop();
    await redis.stop();
  });

  it('001-app-events', async () => {
    const call = called('001-app-events');
    const { response } = methodOf(call.path);
    const events = async (): Promise<readonly JsonValue[]> => {
      const { messages } = await rawGrpc(server.port, call.path, {
        headers: { token },
        messages: [call.request],
      });
      return arrayAt(decodeProto(response, messages[0] ?? Buffer.alloc(0)), 'items');
    };
    const recorded = arrayAt(answered(call), 'items');
    await expect.poll(async () => (await events()).length, WAIT).toBe(recorded.length);
    const byMessage = (items: readonly JsonValue[]): JsonValue =>
      timeless(Object.fromEntries(items.map((one) => [stringAt(one, 'message') ?? '', anonymous(one)])));
    expect(differences(byMessage(recorded), byMessage(await events()))).toEqual([]);
  });

  const unary = calls.filter(({ path, name }) => !STREAMS.test(path) && name !== '001-app-events');
  it.each(unary.map((call) => [call.name, KNOWN[call.name] ?? 'as recorded', call] as const))(
    '%s: %s',
    async (name, _how, call) => {
      if (KNOWN[name] !== undefined) expect(await replay(call)).not.toEqual([]);
      // What was written before is seen a moment later.
      else await expect.poll(() => replay(call), { timeout: 10_000 }).toEqual([]);
    },
  );

  it('007-watch-resource-tree-absent', async () => {
    const call = called('007-watch-resource-tree-absent');
    const { status, grpcStatus, grpcMessage, messages } = await open(call).end;
    expect({ status, grpcStatus, grpcMessage, messages }).toEqual({
      status: 200,
      grpcStatus: call.status,
      grpcMessage: call.message,
      messages: [],
    });
  });

  it('006-watch-resource-tree tells nothing before the tree changes', async () => {
    const call = called('006-watch-resource-tree');
    const stream = open(call);
    const nodes = [{ version: 'v1', kind: 'ConfigMap', namespace: target.name, name: 'new' }];
    await server.cache.set('app|resources-tree|gr', JSON.stringify({ nodes }), 600_000);
    await vi.waitFor(async () => {
      await server.pubSub.publish('app|managed-resources|gr', '');
      expect(received(stream, call)[0]).toMatchObject({ nodes });
    }, WAIT);
    stream.cancel();
    await stream.end;
  });

  it('008-watch-absent tells nothing before there is such an Application', async () => {
    const call = called('008-watch-absent');
    const stream = open(call);
    const body = appNamed('nosuch');
    await server.send('POST', '/api/v1/applications?validate=false', { token, body });
    await vi.waitFor(() => expect(received(stream, call)).not.toEqual([]), WAIT);
    expect(received(stream, call)[0]).toMatchObject({
      type: 'ADDED',
      application: { metadata: { name: 'nosuch' } },
    });
    stream.cancel();
    await stream.end;
    await server.send('DELETE', '/api/v1/applications/nosuch?cascade=false', { token });
    await vi.waitFor(async () => expect(await server.findApp('nosuch')).toBeUndefined(), WAIT);
  });

  it('009-watch-all begins with all that there is', async () => {
    const call = called('009-watch-all');
    const stream = open(call);
    await vi.waitFor(() => expect(received(stream, call).length).toBeGreaterThanOrEqual(4), WAIT);
    stream.cancel();
    await stream.end;
    const all = received(stream, call);
    const named = (name: string): JsonObject | undefined =>
      all.find((one) => stringAt(one, 'application', 'metadata', 'name') === name);
    for (const name of ['gr', 'one', 'pol', 'two']) expect(named(name)).toMatchObject({ type: 'ADDED' });
    expect(differences(timeless(streamed(call)[0] ?? null), timeless(named('gr') ?? null))).toEqual([]);
  });

  it('020-appset-watch tells nothing before there is an ApplicationSet', async () => {
    const call = called('020-appset-watch');
    const stream = open(call);
    const spec = {
      generators: [{ list: { elements: [{ name: 'a' }] } }],
      template: { metadata: { name: '{{name}}' }, spec: appNamed('a')['spec'] },
    };
    const body = { metadata: { name: 'watched' }, spec };
    const created = await server.send('POST', '/api/v1/applicationsets', { token, body });
    expect([created.status, created.text]).toEqual([200, expect.any(String)]);
    await vi.waitFor(() => expect(received(stream, call)).not.toEqual([]), WAIT);
    expect(received(stream, call)[0]).toMatchObject({
      type: 'ADDED',
      applicationSet: { metadata: { name: 'watched' } },
    });
    stream.cancel();
    await stream.end;
  });
});
