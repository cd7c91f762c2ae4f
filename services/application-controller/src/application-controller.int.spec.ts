import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJq } from '@tiphys/adapter-go-wasm';
import { inClusterConfig, loadKubeconfig, makeClusterConnector, makeKubeApi } from '@tiphys/adapter-kube';
import { createLuaRunner } from '@tiphys/adapter-lua';
import { createMemoryCache, createMemoryPubSub } from '@tiphys/adapter-redis';
import {
  TiphysError,
  type Application,
  type ApplicationSpec,
  type JsonObject,
  type Operation,
} from '@tiphys/model';
import type { Cache, RenderRequest, RepoServer } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { parseConfig } from '@tiphys/runtime/config';
import { createLogger } from '@tiphys/runtime/logging';
import { createMetrics } from '@tiphys/runtime/metrics';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { parseKubernetesObjects, parseYamlDocuments } from '@tiphys/yaml';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { ApplicationController } from './application-controller.ts';
import { configSpec } from './config.ts';

/** Git as these tests see it: commits of paths of manifests. The real repo-server is proven by the end-to-end runs. */
class Shelf implements RepoServer {
  readonly #commits: Record<string, string>[] = [];

  commit(files: Record<string, string>): string {
    this.#commits.push(files);
    return this.revisionAt(this.#commits.length - 1);
  }

  revisionAt = (index: number): string => createHash('sha1').update(String(index)).digest('hex');

  render({ source, revision: asked }: RenderRequest) {
    const { index, revision } = this.#resolve(asked ?? source.targetRevision);
    const text = this.#commits[index]?.[source.path ?? ''];
    if (text === undefined)
      return Promise.reject(new TiphysError('not-found', `${source.path ?? ''}: app path does not exist`));
    const objects = parseKubernetesObjects(text, { file: 'all.yaml' }) as unknown as JsonObject[];
    return Promise.resolve({
      objects,
      contentHash: text,
      revision,
      sourceType: 'Directory' as const,
      refRevisions: {},
    });
  }

  resolveRevision = ({ source }: { source: { targetRevision?: string } }) =>
    Promise.resolve(this.#resolve(source.targetRevision).revision);
  revisionMetadata = () => Promise.resolve({ author: '', date: '', message: '', tags: [] });
  hasChanges = () => Promise.resolve(true);
  testRepository = () => Promise.resolve();
  verifyRevision = () => Promise.resolve([]);

  #resolve(target: string | undefined) {
    const found = this.#commits.findIndex((_files, index) => this.revisionAt(index) === target);
    const index = found < 0 ? this.#commits.length - 1 : found;
    return { index, revision: this.revisionAt(index) };
  }
}

const configMap = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  v: "${value}"\n---\n`;
const server = 'https://kubernetes.default.svc';

let kube: KubeAccess;
let control = '';
let target = '';
let running: { stop(): Promise<void> };
let cache: Cache;
let metrics = createMetrics();
const shelf = new Shelf();

beforeAll(async () => {
  kube = await sharedKubeEnv();
  const crds = ['applications', 'appprojects', 'applicationsets'].map(
    (name) =>
      parseYamlDocuments(readFileSync(new URL(`../../../k8s/crds/${name}.yaml`, import.meta.url), 'utf8'), {
        file: name,
      })[0],
  );
  await kube.applyAll(crds as unknown as Parameters<KubeAccess['applyAll']>[0]);
  control = (await kube.createNamespace('control')).name;
  target = (await kube.createNamespace('target')).name;
  await kube.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: control },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  } as never);
  shelf.commit({ web: configMap('a', '1') + configMap('b', '1') });
  running = await start();
}, 180_000);

afterAll(async () => {
  await running.stop();
});

async function start() {
  metrics = createMetrics();
  const login = await loadKubeconfig({ clock: systemClock, path: kube.kubeconfigPath });
  const outcome = parseConfig(configSpec, {
    program: 'test',
    summary: '',
    argv: ['--metrics-port=0', '--address=127.0.0.1'],
    env: {},
  });
  if (outcome.type !== 'config') throw new Error('no config');
  cache = createMemoryCache({ maxBytes: 10_000_000 });
  const lua = createLuaRunner();
  const jq = createJq({ wasmPath: await ensureGoWasm() });
  const commandRunner = { run: () => Promise.reject(new Error('no plugin is used here')) };
  const controller = new ApplicationController({
    config: outcome.config,
    namespace: control,
    api: await makeKubeApi(login.connection, { clock: systemClock }),
    leaseApi: await makeKubeApi(login.connection, { clock: systemClock }),
    inCluster: inClusterConfig(),
    connector: makeClusterConnector({ clock: systemClock, own: login.connection, commandRunner }),
    repoServer: shelf,
    jq,
    lua,
    cache,
    pubSub: createMemoryPubSub(),
    clock: systemClock,
    logger: createLogger({ service: 'test', level: 'warn' }),
    metrics,
    release: async () => {
      await jq.close();
      await lua.close();
    },
  });
  return controller.start();
}

const appRef = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  name,
  namespace: control,
});
const appPath = (name: string) => `/apis/argoproj.io/v1alpha1/namespaces/${control}/applications/${name}`;
const getApp = async (name: string): Promise<Application | undefined> =>
  (await kube.find(appRef(name))) as unknown as Application | undefined;

async function createApp(
  name: string,
  spec: Partial<ApplicationSpec> = {},
  finalizers: string[] = [],
): Promise<void> {
  await kube.request('POST', `/apis/argoproj.io/v1alpha1/namespaces/${control}/applications`, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: control, finalizers },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.example.com/x', path: 'web', targetRevision: 'main' },
      destination: { server, namespace: target },
      ...spec,
    },
  });
}

const patchApp = (name: string, patch: object) =>
  kube.request('PATCH', appPath(name), patch, 'application/merge-patch+json');
const refresh = (name: string) =>
  patchApp(name, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } });
const operate = (name: string, operation: Operation) =>
  patchApp(name, { operation, status: { operationState: null } });
const findMap = (name: string) =>
  kube.find<{ data?: Record<string, string> }>({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    namespace: target,
  });

async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 15_000, interval: 50 });
}

const expectApp = (name: string, expected: object) =>
  eventually(async () => expect((await getApp(name))?.status).toMatchObject(expected));

describe('the application-controller', () => {
  it('compares, syncs by hand, sees commits, prunes and records history', async () => {
    await createApp('manual');
    await expectApp('manual', {
      sync: { status: 'OutOfSync', revision: shelf.revisionAt(0) },
      health: { status: 'Missing' },
      sourceType: 'Directory',
    });
    expect(await findMap('a')).toBeUndefined();

    await operate('manual', { initiatedBy: { username: 'ann' }, sync: { revision: shelf.revisionAt(0) } });
    await expectApp('manual', {
      sync: { status: 'Synced' },
      health: { status: 'Healthy' },
      operationState: { phase: 'Succeeded' },
    });
    expect(await findMap('a')).toMatchObject({ data: { v: '1' } });

    shelf.commit({ web: configMap('a', '2') });
    await refresh('manual');
    await expectApp('manual', { sync: { status: 'OutOfSync', revision: shelf.revisionAt(1) } });
    expect(
      (await getApp('manual'))?.status?.resources?.map(({ name, status, requiresPruning }) => [
        name,
        status,
        requiresPruning,
      ]),
    ).toEqual([
      ['a', 'OutOfSync', undefined],
      ['b', 'OutOfSync', true],
    ]);

    await operate('manual', { sync: { prune: true } });
    await expectApp('manual', {
      sync: { status: 'Synced' },
      operationState: { phase: 'Succeeded', message: 'successfully synced (all tasks run)' },
    });
    expect(await findMap('a')).toMatchObject({ data: { v: '2' } });
    expect(await findMap('b')).toBeUndefined();
    const app = await getApp('manual');
    expect(app?.operation).toBeUndefined();
    expect(app?.status?.history?.map(({ id, revision }) => [id, revision])).toEqual([
      [0, shelf.revisionAt(0)],
      [1, shelf.revisionAt(1)],
    ]);
    expect(
      app?.status?.operationState?.syncResult?.resources?.map(({ name, message }) => [name, message]),
    ).toEqual([
      ['b', 'pruned'],
      ['a', 'configmap/a configured'],
    ]);
  });

  it('counts what ended, and shows each Application as it is', async () => {
    const text = await metrics.metrics();
    expect(text).toMatch(/argocd_app_sync_total\{[^}]*name="manual"[^}]*phase="Succeeded"[^}]*\} 2\n/u);
    expect(text).toMatch(/argocd_app_info\{[^}]*name="manual"[^}]*sync_status="Synced"[^}]*\} 1\n/u);
    expect(text).not.toMatch(/argocd_app_info\{[^}]*name="manual"[^}]*sync_status="OutOfSync"/u);
  });

  it('publishes the tree and the managed objects', async () => {
    await eventually(async () => {
      const tree = JSON.parse((await cache.get('app|resources-tree|manual')) ?? '{}') as {
        nodes?: { kind: string; name: string }[];
      };
      expect(tree.nodes).toMatchObject([{ kind: 'ConfigMap', name: 'a', namespace: target }]);
    });
    const managed = JSON.parse((await cache.get('app|managed-resources|manual')) ?? '[]') as {
      liveState: string;
    }[];
    expect(JSON.parse(managed[0]?.liveState ?? '{}')).toMatchObject({ data: { v: '2' } });
  });

  it('syncs by itself, heals drift and deletes with cascade', async () => {
    shelf.commit({ web: configMap('auto-a', '1') + configMap('auto-b', '1') });
    await createApp('auto', { syncPolicy: { automated: { prune: true, selfHeal: true } } }, [
      'resources-finalizer.argocd.argoproj.io',
    ]);
    await expectApp('auto', {
      sync: { status: 'Synced' },
      health: { status: 'Healthy' },
      operationState: { phase: 'Succeeded' },
    });
    await kube.request('DELETE', `/api/v1/namespaces/${target}/configmaps/auto-a`);
    await eventually(async () => expect(await findMap('auto-a')).toMatchObject({ data: { v: '1' } }));

    shelf.commit({ web: configMap('auto-a', '2') });
    await refresh('auto');
    await expectApp('auto', { sync: { status: 'Synced', revision: shelf.revisionAt(3) } });
    await eventually(async () => expect(await findMap('auto-b')).toBeUndefined());

    await kube.request('DELETE', appPath('auto'));
    await eventually(async () => expect(await getApp('auto')).toBeUndefined());
    expect(await findMap('auto-a')).toBeUndefined();
  });

  it('keeps the objects of an Application that is deleted without cascade', async () => {
    shelf.commit({ web: configMap('kept', '1') });
    await createApp('loose', { syncPolicy: { automated: {} } });
    await expectApp('loose', { sync: { status: 'Synced' } });
    await kube.request('DELETE', appPath('loose'));
    await eventually(async () => expect(await getApp('loose')).toBeUndefined());
    expect(await findMap('kept')).toBeDefined();
  });

  it('says what is wrong with a spec and heals once it is right', async () => {
    await createApp('odd', { project: 'nosuch' });
    await expectApp('odd', {
      sync: { status: 'Unknown' },
      health: { status: 'Unknown' },
      conditions: [
        { type: 'InvalidSpecError', message: 'Application referencing project nosuch which does not exist' },
      ],
    });
    await patchApp('odd', { spec: { project: 'default', source: { path: 'gone' } } });
    await expectApp('odd', {
      sync: { status: 'Unknown' },
      conditions: [
        {
          type: 'ComparisonError',
          message:
            'Failed to load target state: failed to generate manifest for source 1 of 1: gone: app path does not exist',
        },
      ],
    });
    shelf.commit({ calm: configMap('calm', '1') });
    await patchApp('odd', { spec: { source: { path: 'calm' } } });
    await expectApp('odd', { sync: { status: 'OutOfSync' } });
    expect((await getApp('odd'))?.status?.conditions).toBeUndefined();
  });

  it('refuses what the project does not permit, before the first write', async () => {
    await kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'narrow', namespace: control },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }],
      },
    } as never);
    shelf.commit({
      web: configMap('fine', '1') + 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: hidden\n',
    });
    await createApp('narrowed', { project: 'narrow' });
    await expectApp('narrowed', { sync: { status: 'OutOfSync' } });
    await operate('narrowed', { sync: {} });
    await expectApp('narrowed', {
      operationState: {
        phase: 'Failed',
        message:
          'one or more synchronization tasks are not valid: resource :Secret is not permitted in project narrow',
      },
    });
    expect(await findMap('fine')).toBeUndefined();
  });

  it('reports an object that the API server refuses, and a kind that it does not know', async () => {
    shelf.commit({
      web: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: bad\nspec:\n  ports: [{port: 99999}]\n',
    });
    await createApp('refused', { syncPolicy: { automated: {}, retry: { limit: 0 } } });
    await expectApp('refused', {
      sync: { status: 'OutOfSync' },
      operationState: { phase: 'Failed' },
      conditions: [{ type: 'SyncError' }],
    });
    const message = (await getApp('refused'))?.status?.operationState?.message;
    expect(message).toMatch(/^one or more objects failed to apply, reason: Service "bad" is invalid: /u);

    shelf.commit({ web: 'apiVersion: nope.example.com/v1\nkind: Nope\nmetadata:\n  name: x\n' });
    await createApp('unknown-kind');
    await expectApp('unknown-kind', { sync: { status: 'OutOfSync' }, health: { status: 'Missing' } });
    await operate('unknown-kind', { sync: {} });
    await expectApp('unknown-kind', { operationState: { phase: 'Failed' } });
  });

  it('takes up an operation where a controller that died left it', async () => {
    const revision = shelf.commit({ own: configMap('resumed', '1') });
    shelf.commit({ own: configMap('resumed', '2') });
    await running.stop();
    await createApp('resume', { source: { repoURL: 'https://git.example.com/x', path: 'own' } });
    const operation = { sync: { revision } };
    await patchApp('resume', {
      operation,
      status: {
        sync: { status: 'OutOfSync', comparedTo: { destination: {}, source: { repoURL: 'x' } } },
        operationState: { operation, phase: 'Running', startedAt: '2026-01-01T00:00:00Z' },
      },
    });
    running = await start();
    await expectApp('resume', {
      operationState: { phase: 'Succeeded', syncResult: { revision } },
      sync: { status: 'OutOfSync' },
    });
    expect(await findMap('resumed')).toMatchObject({ data: { v: '1' } });
  });
});
