import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apiSchema, encodeProto } from '@tiphys/adapter-argo-api';
import type { MethodShape } from '@tiphys/adapter-argo-api';
import type { TestNamespace } from '@tiphys/testing/kube-env';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { plausibleRequest, plausibleRest } from './testing/plausible.ts';
import type { Texts } from './testing/plausible.ts';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { TestServer, appNamed } from './testing/server.ts';

const WAIT = { timeout: 30_000 };
const CANARY = 'canary9c41';
const REPO = 'https://git.example.com/canaries.git';
const CLUSTER = 'https://127.0.0.1:1';
const MANAGED = 'app|managed-resources|shop';

let redis: RedisServer;
let server: TestServer;
let target: TestNamespace;
const tokens: Record<string, string> = {};
const log: string[] = [];
/** Secrets that are made, not planted. */
const made: string[] = [];

const canary = (kind: string): string => `${CANARY}-${kind}-value`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Where a text tells a secret: in clear, or in base64 wherever in a longer text it begins. */
function told(text: string): readonly string[] {
  const plain = [CANARY, ...made];
  const forms = plain.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    ...['', 'a', 'aa'].map((before) => base64(before + secret).slice(before.length === 0 ? 0 : 4, -4)),
  ]);
  return forms.filter((form) => form.length >= 8 && text.includes(form));
}

async function secret(
  name: string,
  type: string,
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  const labels = { 'argocd.argoproj.io/secret-type': type };
  const applied = JSON.stringify({ stringData });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
  const metadata = { name, namespace: server.namespace.name, labels, annotations };
  await server.kube.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData } as never);
}

const logins = (): Readonly<Record<string, string>> => ({
  username: 'somebody',
  password: canary('password'),
  sshPrivateKey: canary('ssh'),
  tlsClientCertKey: canary('tlskey'),
  bearerToken: canary('bearer'),
  githubAppPrivateKey: canary('github'),
  gcpServiceAccountKey: canary('gcp'),
  proxy: `http://user:${canary('proxy')}@proxy.example.com:3128`,
});

const hiddenSecret = (): Readonly<Record<string, unknown>> => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'hidden',
    namespace: target.name,
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        stringData: { a: canary('applied') },
      }),
    },
  },
  data: { a: base64(canary('data')) },
});

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis, log });
  target = await server.kube.createNamespace('canaries');
  tokens['admin'] = await server.login();
  await secret('repo', 'repository', { url: REPO, ...logins() });
  await secret('write-repo', 'repository-write', { url: REPO, ...logins() });
  await secret('creds', 'repo-creds', { url: 'https://git.example.com', ...logins() });
  await secret('write-creds', 'repo-write-creds', { url: 'https://git.example.com', ...logins() });
  await secret('cluster', 'cluster', {
    name: 'far',
    server: CLUSTER,
    config: JSON.stringify({
      bearerToken: canary('cluster'),
      password: canary('clusterpw'),
      tlsClientConfig: {
        insecure: true,
        keyData: base64(canary('clusterkey')),
        certData: base64(canary('cert')),
      },
      execProviderConfig: { command: 'x', env: { A: canary('env') }, args: [canary('arg')] },
    }),
  });
  const path = `/api/v1/namespaces/${server.namespace.name}/secrets/argocd-secret`;
  const stringData = {
    'oidc.clientSecret': canary('oidc'),
    'webhook.github.secret': canary('webhook'),
    'accounts.reader.password': `$2a$10$${canary('hash')}`,
    'any.other': canary('other'),
  };
  await server.kube.request('PATCH', path, { stringData }, 'application/merge-patch+json');
  await server.configure('argocd-cm', {
    'accounts.reader': 'apiKey, login',
    'oidc.config': `issuer: https://127.0.0.1:1\nname: SSO\nclientID: us\nclientSecret: ${canary('oidcliteral')}\n`,
  });
  await server.configure('argocd-rbac-cm', { 'policy.default': 'role:readonly' });
  await vi.waitFor(async () => {
    const answer = await server.send('POST', '/api/v1/account/reader/token', {
      token: tokens['admin'] ?? '',
      body: {},
    });
    expect(answer.status).toBe(200);
    tokens['reader'] = String(answer.json['token']);
  }, WAIT);
  await server.kube.apply(hiddenSecret() as never);
  await vi.waitFor(async () => {
    const destination = { server: 'https://kubernetes.default.svc', namespace: target.name };
    const source = { repoURL: REPO, path: 'web', targetRevision: 'main' };
    const body = appNamed('shop', { destination, source });
    const { status } = await server.send('POST', '/api/v1/applications?validate=false', {
      token: tokens['admin'] ?? '',
      body,
    });
    expect(status).toBe(200);
  }, WAIT);
  const state = JSON.stringify(hiddenSecret());
  const item = { group: '', version: 'v1', kind: 'Secret', namespace: target.name, name: 'hidden' };
  const states = {
    liveState: state,
    targetState: state,
    normalizedLiveState: state,
    predictedLiveState: state,
  };
  await server.cache.set(MANAGED, JSON.stringify([{ ...item, ...states }]), 600_000);
  await server.cache.set('app|resources-tree|shop', JSON.stringify({ nodes: [item] }), 600_000);
  server.repoServer.paths['web'] = [hiddenSecret() as never];
  made.push(await server.password(), await server.signatureKey());
});

afterAll(async () => {
  await server.stop();
  await target.remove();
  await redis.stop();
});

const textsOf = ({ service, path }: MethodShape): Texts => {
  const names: Readonly<Record<string, string>> = {
    'application.ApplicationService': 'shop',
    'project.ProjectService': 'default',
    'cluster.ClusterService': 'far',
    'account.AccountService': 'reader',
  };
  return {
    // There it is the name of a managed object.
    name: path.endsWith('/ManagedResources') ? 'hidden' : (names[service] ?? 'shop'),
    applicationName: 'shop',
    project: 'default',
    repo: REPO,
    url: 'https://git.example.com',
    repoURL: REPO,
    server: CLUSTER,
    value: CLUSTER,
    resourceName: 'hidden',
    kind: 'Secret',
    version: 'v1',
    namespace: target.name,
    path: 'web',
    targetRevision: 'main',
    revision: 'main',
    patch: '{}',
    patchType: 'merge',
    podName: 'hidden',
    action: 'restart',
    resource: 'applications',
    subresource: 'x',
    id: 'none',
    type: 'git',
  };
};

/** Reads first; what removes things comes last. */
const rank = ({ http }: MethodShape): number =>
  http.some(({ verb }) => verb === 'GET') ? 0 : http.some(({ verb }) => verb === 'DELETE') ? 2 : 1;
const methods = [...apiSchema().methods.values()].sort((one, other) => rank(one) - rank(other));

/** What told something, so that there was something to look through. */
const answered = new Set<string>();

async function overGrpc(method: MethodShape, token: string): Promise<string> {
  const request = Buffer.from(encodeProto(method.request, plausibleRequest(method.request, textsOf(method))));
  const { grpcMessage, messages } = await rawGrpc(server.port, method.path, {
    headers: { token, 'grpc-timeout': method.serverStreams ? '2S' : '20S' },
    messages: [request],
  });
  if (messages.some((message) => message.length > 0)) answered.add(method.path);
  return [grpcMessage, ...messages.map((message) => message.toString('latin1'))].join('\n');
}

async function overRest(method: MethodShape, token: string): Promise<string> {
  const answers = await Promise.all(
    method.http.map(async (binding) => {
      const { path, body } = plausibleRest(method, binding, textsOf(method));
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method: binding.verb,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(method.serverStreams ? 2_000 : 20_000),
        ...(body === undefined || binding.verb === 'GET' ? {} : { body }),
      }).catch(() => undefined);
      return response === undefined
        ? ''
        : `${path}\n${JSON.stringify([...response.headers])}\n${await textOf(response)}`;
    }),
  );
  return answers.join('\n');
}

/** What came until the time was up. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk as Uint8Array);
  } catch {
    // A stream has no end of its own.
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function leaksOf(call: (method: MethodShape, token: string) => Promise<string>): Promise<unknown[]> {
  const leaks: unknown[] = [];
  const queue = methods.flatMap((method) => ['reader', 'admin'].map((who) => ({ method, who })));
  const ask = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { method, who } = next;
      const found = told(await call(method, tokens[who] ?? ''));
      if (found.length > 0) leaks.push([method.path, who, found]);
    }
  };
  await Promise.all(Array.from({ length: 6 }, ask));
  return leaks;
}

const TELLING = [
  '/application.ApplicationService/Get',
  '/application.ApplicationService/GetManifests',
  '/application.ApplicationService/GetResource',
  '/application.ApplicationService/ManagedResources',
  '/application.ApplicationService/Watch',
  '/cluster.ClusterService/Get',
  '/cluster.ClusterService/List',
  '/cluster.SettingsService/Get',
  '/project.ProjectService/GetDetailedProject',
  '/repocreds.RepoCredsService/ListRepositoryCredentials',
  '/repository.RepositoryService/Get',
  '/repository.RepositoryService/List',
];

// CVE-2025-55190 (A39), CVE-2026-42880 (A44), CVE-2026-45737 (A45), CVE-2023-40029 (A30), CVE-2018-21034 (A1).
describe('what is secret', () => {
  it('is known to be told where it stands in clear, or in base64', () => {
    expect(told(`x ${canary('a')}`)).not.toEqual([]);
    expect(told(base64(`{"password":"${canary('a')}"}`))).not.toEqual([]);
    expect(told('nothing')).toEqual([]);
  });

  it('is in no reply to anybody, whatever is called over gRPC', { timeout: 300_000 }, async () => {
    expect(await leaksOf(overGrpc)).toEqual([]);
    expect([...answered].sort()).toEqual(expect.arrayContaining([...TELLING]));
  });

  it('is in no reply to anybody, whatever is called over REST', { timeout: 300_000 }, async () => {
    expect(await leaksOf(overRest)).toEqual([]);
  });

  it('is in no line of the log', () => {
    expect(log.length).toBeGreaterThan(100);
    expect(log.filter((line) => told(line).length > 0)).toEqual([]);
  });

  it('is in no event', async () => {
    const { items } = await server.kube.request<{ readonly items: readonly unknown[] }>(
      'GET',
      `/api/v1/namespaces/${server.namespace.name}/events`,
    );
    expect(told(JSON.stringify(items))).toEqual([]);
  });

  it('is in no metric', async () => {
    expect(told(await server.metrics.registry.metrics())).toEqual([]);
  });

  it('is nowhere in Redis but where the controller put it', async () => {
    const client = new Redis({ host: redis.host, port: redis.port, retryStrategy: () => null });
    const leaks: string[] = [];
    for (const key of await client.keys('*')) {
      if (key.includes(MANAGED)) continue;
      const value = (await client.dumpBuffer(key))?.toString('latin1') ?? '';
      if (told(`${key} ${value}`).length > 0) leaks.push(key);
    }
    client.disconnect();
    expect(leaks).toEqual([]);
  });
});
