import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import {
  cacheKeyOf,
  connectRedis,
  createMemoryCounters,
  createRedisCache,
  createRedisCounters,
  createRedisPubSub,
} from '@tiphys/adapter-redis';
import { createIdentityProviders } from '@tiphys/adapter-oidc';
import { loadKubeconfig, makeClusterConnector, makeKubeApi } from '@tiphys/adapter-kube';
import type { KubeConnection } from '@tiphys/adapter-kube';
import { createGoRuntime, createJq, findGoModule } from '@tiphys/adapter-go-wasm';
import { createLuaRunner } from '@tiphys/adapter-lua';
import type { KubeObject } from '@tiphys/model';
import type {
  Cache,
  Clock,
  KubeApi,
  Logger,
  PubSub,
  RepoServer,
  RepositoryCatalogue,
  RepositoryTrees,
} from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { createLogger } from '@tiphys/runtime/logging';
import { createMetrics } from '@tiphys/runtime/metrics';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import type { KubeAccess, TestNamespace } from '@tiphys/testing/kube-env';
import type { RedisServer } from '@tiphys/testing/redis';
import { ApiServer } from '../api-server.ts';
import { parseApiServerConfig } from '../config.ts';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { FixtureRepoServer } from './fixture-repo-server.ts';

const crds = resolve(import.meta.dirname, '../../../../k8s/crds');
const PASSWORDS = new URL('../session/password-program.ts', import.meta.url);

let cluster: Promise<KubeAccess> | undefined;

async function clusterWithKinds(): Promise<KubeAccess> {
  const kube = await sharedKubeEnv();
  for (const name of ['applications', 'appprojects', 'applicationsets']) {
    const text = readFileSync(resolve(crds, `${name}.yaml`), 'utf8');
    await kube.applyAll([load(text) as Parameters<KubeAccess['apply']>[0]]);
  }
  return kube;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface TestServerOptions {
  readonly redis: RedisServer;
  readonly flags?: readonly string[];
  readonly clock?: Clock;
  /** A namespace that another server made; default one of its own. */
  readonly namespace?: TestNamespace;
  readonly log?: string[];
  /** Default one whose repositories are given. */
  readonly repoServer?: RepoServer & RepositoryCatalogue & RepositoryTrees;
}

/** The server in this process, on a real API server and a real Redis. */
export class TestServer {
  readonly kube: KubeAccess;
  readonly namespace: TestNamespace;
  readonly repoServer = new FixtureRepoServer();
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly server: ApiServer;
  readonly metrics = new ServerMetrics(createMetrics(), { version: 'v3.5.1', callTimes: true });
  readonly #close: () => Promise<void>;
  port = 0;

  private constructor(parts: {
    readonly kube: KubeAccess;
    readonly namespace: TestNamespace;
    readonly api: KubeApi;
    readonly connection: KubeConnection;
    readonly options: TestServerOptions;
    readonly logger: Logger;
  }) {
    const { kube, namespace, api, options, logger } = parts;
    const lua = createLuaRunner();
    const jq = createJq({ wasmPath: findGoModule(import.meta.dirname), idleMs: 5_000 });
    const go = createGoRuntime({
      wasmPath: findGoModule(import.meta.dirname),
      deadlineMs: 10_000,
      idleMs: 5_000,
    });
    const commandRunner = { run: () => Promise.reject(new Error('no plugin is used here')) };
    const outcome = parseApiServerConfig(
      ['--port=0', '--address=127.0.0.1', '--insecure', ...(options.flags ?? [])],
      {},
    );
    if (outcome.type !== 'config') throw new Error('these flags ask for help');
    const connection = connectRedis({
      endpoint: options.redis,
      onCommand: (event) => this.metrics.redisCommand(event),
    });
    const key = cacheKeyOf('0123456789abcdef0123456789abcdef');
    const pubSub = createRedisPubSub({ connection, key, namespace: namespace.name });
    this.kube = kube;
    this.namespace = namespace;
    this.cache = createRedisCache({ connection, key, namespace: namespace.name });
    this.pubSub = pubSub;
    this.server = new ApiServer({
      config: outcome.config,
      namespace: namespace.name,
      api,
      lua,
      jq,
      go,
      connector: makeClusterConnector({ clock: systemClock, own: parts.connection, commandRunner }),
      repoServer: options.repoServer ?? this.repoServer,
      cache: this.cache,
      pubSub,
      counters: createRedisCounters({ connection, prefix: `${namespace.name}|` }),
      localCounters: createMemoryCounters(),
      identityProviders: createIdentityProviders({ clock: options.clock ?? systemClock }),
      dexTrust: { check: false },
      clock: options.clock ?? systemClock,
      logger,
      passwordProgram: PASSWORDS,
      metrics: this.metrics,
    });
    this.#close = async () => {
      await this.server.stop();
      await pubSub.close();
      await connection.close();
      await api.close();
      await lua.close();
      await jq.close();
      await go.close();
      if (options.namespace === undefined) await namespace.remove();
    };
  }

  static async start(options: TestServerOptions): Promise<TestServer> {
    const kube = await (cluster ??= clusterWithKinds());
    const namespace = options.namespace ?? (await kube.createNamespace('api'));
    const { connection } = await loadKubeconfig({ clock: systemClock, path: kube.kubeconfigPath });
    const api = await makeKubeApi(connection, { clock: systemClock });
    const logger = createLogger({ service: 'test', write: (line) => void options.log?.push(line) });
    const server = new TestServer({ kube, namespace, api, connection, options, logger });
    server.port = await server.server.start();
    return server;
  }

  stop(): Promise<void> {
    return this.#close();
  }

  /** The password of `admin`, as an operator reads it. */
  async password(): Promise<string> {
    const secret = await this.kube.find<KubeObject & { readonly data: Record<string, string> }>({
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'argocd-initial-admin-secret',
      namespace: this.namespace.name,
    });
    return Buffer.from(secret?.data['password'] ?? '', 'base64').toString('utf8');
  }

  /** The key that tokens are signed with. */
  async signatureKey(): Promise<string> {
    const secret = await this.kube.find<KubeObject & { readonly data: Record<string, string> }>({
      apiVersion: 'v1',
      kind: 'Secret',
      name: 'argocd-secret',
      namespace: this.namespace.name,
    });
    return Buffer.from(secret?.data['server.secretkey'] ?? '', 'base64').toString('utf8');
  }

  async login(): Promise<string> {
    const { json } = await this.send('POST', '/api/v1/session', {
      body: { username: 'admin', password: await this.password() },
    });
    return String(json['token']);
  }

  /** A request over REST; writes get the content type that they need unless `headers` names one. */
  async send(
    method: string,
    path: string,
    options: {
      readonly token?: string;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Answer> {
    const { token, body, headers } = options;
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json:
        isJson && text.startsWith('{')
          ? (JSON.parse(text.split('\n')[0] ?? '') as Record<string, unknown>)
          : {},
    };
  }

  /** Writes keys of a config map as an operator does; an undefined one is taken away, others stay. */
  async configure(name: string, data: Readonly<Record<string, string | undefined>>): Promise<void> {
    const namespace = this.namespace.name;
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } };
    if ((await this.kube.find({ ...object.metadata, apiVersion: 'v1', kind: 'ConfigMap' })) === undefined) {
      await this.kube.apply(object);
    }
    const patch = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value ?? null]));
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    await this.kube.request('PATCH', path, { data: patch }, 'application/merge-patch+json');
  }

  /** Writes to the cluster what the controller would. */
  async patchApp(name: string, patch: unknown): Promise<void> {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${this.namespace.name}/applications/${name}`;
    await this.kube.request('PATCH', path, patch, 'application/merge-patch+json');
  }

  findApp<T = KubeObject>(name: string): Promise<T | undefined> {
    return this.kube.find<T>({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      name,
      namespace: this.namespace.name,
    });
  }
}

/** An Application as a caller sends it. */
export const appNamed = (
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name },
  spec: {
    project: 'default',
    source: { repoURL: 'https://git.example.com/apps.git', path: 'web', targetRevision: 'main' },
    destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
    ...spec,
  },
});
