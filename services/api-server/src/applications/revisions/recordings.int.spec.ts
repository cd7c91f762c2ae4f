import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { startHelmRepo, packChart, type HelmRepo } from '@tiphys/testing/helm-repo';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { startOciRegistry, type OciRegistry } from '@tiphys/testing/oci-registry';
import { startRedis, type RedisServer } from '@tiphys/testing/redis';
import { ensureTools } from '@tiphys/toolchain';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { startRepoServer, type RunningRepoServer } from '../../../../repo-server/src/testing/running.ts';
import { methodOf, recordedCalls, replayCall, timeless } from '@tiphys/testing/recordings/calls';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import {
  differences,
  readExchange,
  recordingsPresent,
  resolveSame,
} from '@tiphys/testing/recordings/exchanges';
import { grpcCallsOf } from '../../testing/grpc-recordings.ts';
import { REPLAYED } from '../../testing/rest-recordings.ts';
import { TestServer } from '../../testing/server.ts';

const sessions = resolve(import.meta.dirname, '../../../../../../shared/wire/sessions');
const FIRST = '33d1c01359622af3318e06f6af0bbc965225d33f';
const HELM_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const OWN_WORDS = 'same status; why, is told in words of our own';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  '005-oci-metadata-on-git': OWN_WORDS,
  '235': 'the repository in which the revision is missing is named',
  '274': OWN_WORDS,
};

let redis: RedisServer;
let git: GitServer;
let charts: HelmRepo;
let registry: OciRegistry;
let repoServer: RunningRepoServer;
let server: TestServer;
let token: string;
let target: TestNamespace;

const SERVER = 'https://kubernetes.default.svc';

async function createApp(name: string, source: JsonObject): Promise<void> {
  const destination = { server: SERVER, namespace: target.name };
  const created = await server.send('POST', '/api/v1/applications?validate=false', {
    token,
    body: { metadata: { name }, spec: { project: 'default', source, destination } },
  });
  expect([created.status, created.text]).toEqual([200, expect.any(String)]);
}

/** Repositories as they were, at addresses of the test. */
async function seed(): Promise<void> {
  await git.importRepo('apps', readFileSync(join(sessions, 'git', 'cli-apps.fastexport')));
  await charts.publish({ name: 'chart', version: '0.1.0', files: {} });
  await registry.push({
    name: 'charts/chart',
    tag: '0.1.0',
    layers: [{ mediaType: HELM_LAYER, data: await packChart('chart', '0.1.0', {}) }],
    annotations: {
      'org.opencontainers.image.created': '2026-01-02T03:04:05Z',
      'org.opencontainers.image.version': '0.1.0',
      'org.opencontainers.image.title': 'chart',
    },
  });
  const oci = `oci://${registry.host}/charts/chart`;
  const added = await server.send('POST', '/api/v1/repositories', {
    token,
    body: { repo: oci, type: 'oci', insecureOCIForceHttp: true },
  });
  expect(added.status).toBe(200);
  const web = { repoURL: git.url('apps'), path: 'web', targetRevision: FIRST };
  for (const name of ['gb', 'gr']) await createApp(name, web);
  await createApp('hr', { repoURL: charts.url, chart: 'chart', targetRevision: '0.1.0' });
  await createApp('oc', { repoURL: oci, path: '.', targetRevision: '0.1.0' });
}

const here = (value: JsonValue): JsonValue =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('ns-a', target.name)
      .replaceAll('<git:apps/1>', FIRST)
      .replaceAll('<sha1-1>', 'f'.repeat(40)),
  ) as JsonValue;

describe.runIf(recordingsPresent())('recorded calls about revisions', () => {
  beforeAll(async () => {
    const tools = await ensureTools(['helm', 'kustomize']);
    [redis, git, charts, registry] = await Promise.all([
      startRedis(),
      startGitServer(),
      startHelmRepo(),
      startOciRegistry(),
    ]);
    repoServer = await startRepoServer([
      `--helm=${tools.get('helm') ?? ''}`,
      `--kustomize=${tools.get('kustomize') ?? ''}`,
      `--go-wasm=${await ensureGoWasm()}`,
    ]);
    server = await TestServer.start({ redis, repoServer: repoServer.client });
    token = await server.login();
    target = await server.kube.createNamespace('revisions');
    await seed();
  });
  afterAll(async () => {
    await target.remove();
    await server.stop();
    await repoServer.close();
    await Promise.all([git.close(), charts.close(), registry.stop(), redis.stop()]);
  });

  it.each(REPLAYED.revisions)('%d over REST', async (number) => {
    const exchange = readExchange(number);
    const answer = await server.send(exchange.verb, here(exchange.path) as string, {
      token,
      ...(exchange.verb === 'GET' ? {} : { body: exchange.requestBody }),
    });
    expect([answer.status, answer.text]).toEqual([exchange.status, expect.any(String)]);
    if (KNOWN[String(number)] !== undefined) return;
    expect(differences(here(exchange.body ?? null), here(answer.json as unknown as JsonValue))).toEqual([]);
  });

  const calls = grpcCallsOf(import.meta.filename);
  it.each(calls.map((call) => [call.name, call] as const))('%s over gRPC', async (name, call) => {
    const found = await replayCall(call, { port: server.port, token });
    if (KNOWN[name] === undefined) expect(found).toEqual([]);
    else expect(found.join('')).toMatch(new RegExp(`^${call.status} `));
  });

  it('a revision that the CLI asks for is rendered as it was', async () => {
    const found = recordedCalls('cli', 447, 449).filter(({ path }) => path.endsWith('/GetManifests'));
    const [rendered, ...refused] = found;
    expect(
      rendered && (await replayCall(rendered, { port: server.port, token }, { response: here })),
    ).toEqual([]);
    for (const call of refused)
      expect(await replayCall(call, { port: server.port, token })).toEqual([
        expect.stringMatching(`^2 ${call.message} in `),
      ]);
  });

  it.each(['506-app-diff-local-server-generate', '507-app-diff-local-server-generate-subdir'])(
    'the archive of %s is rendered as it was',
    async (name) => {
      const call = rpcIn(name, 'GetManifestsWithFiles');
      const messages = (call['requestMessages'] as readonly JsonObject[]).map((message) =>
        Buffer.from(textAt(message, 'bytes'), 'base64'),
      );
      const { path, response } = methodOf(textAt(call, 'method'));
      const answer = await rawGrpc(server.port, path, { headers: { token }, messages });
      expect(answer.grpcStatus).toBe(call['grpc-status']);
      if (answer.grpcStatus !== 0) return void expect(answer.grpcMessage).toBe(call['grpc-message']);
      const wanted = call['response'] as JsonValue;
      const reply = decodeProto(response, answer.messages[0] ?? Buffer.alloc(0));
      expect(differences(here(wanted), reply)).toEqual([]);
    },
  );

  it('an archive that is not there is told of by its checksum', async () => {
    const call = rpcIn('459-app-diff-local-grpc-web', 'GetManifestsWithFiles');
    const messages = [Buffer.from(textAt(call, 'requestBytes'), 'base64')];
    const answer = await rawGrpc(server.port, methodOf(textAt(call, 'method')).path, {
      headers: { token },
      messages,
    });
    expect([answer.grpcStatus, answer.grpcMessage]).toEqual([call['grpc-status'], call['grpc-message']]);
  });

  it.each(['492-app-diff-server-side', '505-app-diff-drift-server-side'])(
    'the comparison of %s is what the server predicts',
    async (name) => {
      const call = rpcIn(name, 'ServerSideDiff');
      const managed = rpcIn(name, 'ManagedResources');
      const items = (managed['response'] as JsonObject)['items'] as readonly JsonObject[];
      await applyLive(items);
      await server.cache.set('app|managed-resources|gb', JSON.stringify(here(items)), 600_000);
      const { path, request, response } = methodOf(textAt(call, 'method'));
      const message = encodeProto(request, here(call['request'] ?? null));
      const answer = await rawGrpc(server.port, path, {
        headers: { token },
        messages: [Buffer.from(message)],
      });
      expect([answer.grpcStatus, answer.grpcMessage]).toEqual([0, 'OK']);
      const reply = decodeProto(response, answer.messages[0] ?? Buffer.alloc(0));
      const sent = encodeProto(response, here(call['response'] as JsonValue));
      const wanted = decodeProto(response, sent);
      expect(differences(timeless(statesOf(wanted)), timeless(statesOf(reply)))).toEqual([]);
    },
  );
});

/** Puts recorded live objects into the cluster as they were written: by the controller, then by somebody else. */
async function applyLive(items: readonly JsonObject[]): Promise<void> {
  const options = `fieldManager=argocd-controller&force=true`;
  for (const item of items) {
    const wanted = JSON.parse(textAt(item, 'targetState')) as {
      apiVersion: string;
      kind: string;
    } & JsonObject;
    const live = JSON.parse(textAt(item, 'liveState')) as JsonObject;
    const group = wanted.apiVersion.includes('/')
      ? `/apis/${wanted.apiVersion}`
      : `/api/${wanted.apiVersion}`;
    const kinds = `${wanted.kind.toLowerCase()}s`;
    const path = `${group}/namespaces/${target.name}/${kinds}/${textAt(item, 'name')}`;
    await server.kube.request('PATCH', `${path}?${options}`, here(wanted), 'application/apply-patch+yaml');
    const replicas = (live['spec'] as JsonObject | undefined)?.['replicas'];
    const drift = {
      ...(live['data'] === undefined ? {} : { data: live['data'] }),
      ...(replicas === undefined ? {} : { spec: { replicas } }),
    };
    await server.kube.request('PATCH', path, drift, 'application/merge-patch+json');
  }
}

/** States as objects; ids, addresses, what controllers that do not run here count, and empty objects are noise. */
function statesOf(reply: JsonValue): JsonValue {
  const items = (isJsonObject(reply) ? (reply['items'] ?? []) : []) as readonly JsonObject[];
  return {
    modified: isJsonObject(reply) ? (reply['modified'] ?? null) : null,
    items: items.map((item) => ({
      ...item,
      targetState: stateOf(item['targetState']),
      liveState: stateOf(item['liveState']),
    })),
  };
}

function stateOf(text: JsonValue | undefined): JsonValue {
  const { status: _status, ...object } = JSON.parse(
    (typeof text === 'string' ? text : '{}').replaceAll('"resources":{},', ''),
  ) as {
    metadata: JsonObject;
    spec?: JsonObject;
    status?: JsonValue;
  };
  const { uid: _uid, generation: _generation, annotations, ...metadata } = object.metadata;
  const { 'deployment.kubernetes.io/revision': _revision, ...notes } = (annotations ?? {}) as JsonObject;
  const { clusterIP: _ip, clusterIPs: _ips, ...spec } = object.spec ?? {};
  return { ...object, metadata: { ...metadata, annotations: notes }, spec };
}

const textAt = (value: JsonObject, key: string): string => stringAt(value, key) ?? '';

function rpcIn(name: string, method: string): JsonObject {
  const raw = JSON.parse(readFileSync(join(sessions, 'cli', `${name}.json`), 'utf8')) as JsonObject;
  const whole = resolveSame(resolveSame(raw, raw), raw) as JsonObject;
  const calls = whole['rpcs'] as readonly JsonObject[];
  const found = calls.find((call) => textAt(call, 'method').endsWith(`/${method}`));
  if (found === undefined) throw new Error(`${name} has no call of ${method}`);
  return found;
}
