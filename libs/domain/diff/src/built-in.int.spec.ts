import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asKubeObject, type JsonObject, type KubeObject } from '@tiphys/model';
import { clientSideApplyPatch, withLastApplied } from '@tiphys/merge';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareObject } from './index.ts';

const folder = resolve(import.meta.dirname, '../testdata');
const manifests = readdirSync(folder).flatMap((file) =>
  parseKubernetesObjects(readFileSync(resolve(folder, file), 'utf8'), { file }).flatMap((document) => {
    const object = asKubeObject(document);
    return object === undefined ? [] : [{ name: `${object.kind} ${object.metadata.name ?? ''}`, object }];
  }),
);
const clusterScoped = new Set([
  'APIService',
  'CSIDriver',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'FlowSchema',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

let env: KubeAccess;
const namespaces: TestNamespace[] = [];
const created: KubeObject[] = [];

beforeAll(async () => {
  env = await sharedKubeEnv();
  for (const way of ['client', 'server', 'drift']) namespaces.push(await env.createNamespace(`diff-${way}`));
});

afterAll(async () => {
  for (const object of created) await env.remove(refOf(object));
  for (const namespace of namespaces) await namespace.remove();
});

const refOf = (
  object: KubeObject,
): { apiVersion: string; kind: string; name: string; namespace?: string } => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  name: object.metadata.name ?? '',
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
});

type Way = 'client' | 'server' | 'drift';

/** The manifest in a namespace, or under a cluster-wide name, of one way of applying it. */
function placed(object: KubeObject, way: Way): KubeObject {
  const namespace = namespaces[['client', 'server', 'drift'].indexOf(way)]?.name ?? '';
  if (!clusterScoped.has(object.kind)) return { ...object, metadata: { ...object.metadata, namespace } };
  const text = JSON.stringify(object).replaceAll('diff.example.com', `${way}.example.com`);
  const renamed = JSON.parse(text) as KubeObject;
  const keepsName = ['CustomResourceDefinition', 'APIService'].includes(object.kind);
  const name = keepsName ? renamed.metadata.name : `${way}-${object.metadata.name ?? ''}`;
  return { ...renamed, metadata: { ...renamed.metadata, ...(name === undefined ? {} : { name }) } };
}

async function fetched(object: KubeObject): Promise<KubeObject> {
  const live = await env.find<KubeObject>(refOf(object));
  if (live === undefined) throw new Error(`${object.kind} ${object.metadata.name ?? ''} is not there`);
  return live;
}

interface Discovered {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

async function pathOf(object: KubeObject): Promise<{ collection: string; item: string }> {
  const { apiVersion, kind, metadata } = object;
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = await env.request<Discovered>('GET', base);
  const found = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
  if (found === undefined) throw new Error(`the server has no ${apiVersion} ${kind}`);
  const place = found.namespaced ? `namespaces/${metadata.namespace ?? ''}/${found.name}` : found.name;
  return { collection: `${base}/${place}`, item: `${base}/${place}/${metadata.name ?? ''}` };
}

async function createByClient(target: KubeObject): Promise<KubeObject> {
  const { collection } = await pathOf(target);
  await env.request('POST', `${collection}?fieldManager=argocd-controller`, withLastApplied(target));
  created.push(target);
  return fetched(target);
}

describe('a freshly applied object has no drift', () => {
  it.each(manifests)('$name, client side', async ({ object }) => {
    const target = placed(object, 'client');
    const live = await createByClient(target);
    expect(compareObject({ target, live }).changedPaths).toEqual([]);
    const patch = clientSideApplyPatch(target, live);
    if (patch.isEmpty) return;
    const { item } = await pathOf(target);
    await env.request('PATCH', `${item}?fieldManager=argocd-controller`, patch.body, patch.contentType);
    expect(compareObject({ target, live: await fetched(target) }).changedPaths).toEqual([]);
  });

  it.each(manifests)('$name, server side', async ({ object }) => {
    const target = placed(object, 'server');
    const { item } = await pathOf(target);
    const path = `${item}?fieldManager=argocd-controller&force=true`;
    await env.request('PATCH', path, target, 'application/apply-patch+yaml');
    created.push(target);
    const live = await fetched(target);
    expect(compareObject({ target, live }).changedPaths).toEqual([]);
    const options = { serverSideManager: 'argocd-controller' };
    expect(compareObject({ target, live, options }).changedPaths).toEqual([]);
  });
});

describe('an object applied on the server', () => {
  const options = { serverSideManager: 'argocd-controller' };

  it('drifts where the target no longer names what was applied, and only there', async () => {
    const found = manifests.find(({ name }) => name === 'Deployment web');
    if (found === undefined) throw new Error('no manifest');
    const target = {
      ...placed(found.object, 'server'),
      metadata: { ...placed(found.object, 'server').metadata, name: 'shrinking' },
    };
    const { item } = await pathOf(target);
    const path = `${item}?fieldManager=argocd-controller&force=true`;
    await env.request('PATCH', path, target, 'application/apply-patch+yaml');
    const theirs = { metadata: { labels: { theirs: 'yes' } }, spec: { minReadySeconds: 3 } };
    await env.request('PATCH', `${item}?fieldManager=someone`, theirs, 'application/merge-patch+json');
    const live = await fetched(target);
    expect(compareObject({ target, live, options }).changedPaths).toEqual([]);

    const smaller = structuredClone(target) as unknown as {
      spec: { template: { spec: Record<string, unknown> } };
    };
    delete smaller.spec.template.spec['affinity'];
    delete smaller.spec.template.spec['initContainers'];
    const wanted = smaller as unknown as KubeObject;
    expect(compareObject({ target: wanted, live, options }).changedPaths).toEqual([
      '/spec/template/spec/initContainers',
      '/spec/template/spec/affinity',
    ]);
    await env.request('PATCH', path, wanted, 'application/apply-patch+yaml');
    expect(compareObject({ target: wanted, live: await fetched(wanted), options }).changedPaths).toEqual([]);
  });
});

interface Drift {
  readonly object: string;
  /** A JSON merge patch that somebody else applies. */
  readonly change: JsonObject;
  /** Empty where the change doesn't touch what is wanted. */
  readonly paths: readonly string[];
}

const drifts: readonly Drift[] = [
  { object: 'Deployment rolling', change: { spec: { replicas: 3 } }, paths: ['/spec/replicas'] },
  { object: 'Deployment rolling', change: { metadata: { labels: { other: 'x' } } }, paths: [] },
  {
    object: 'Deployment rolling',
    change: { spec: { strategy: { rollingUpdate: { maxSurge: 3 } } } },
    paths: ['/spec/strategy/rollingUpdate/maxSurge'],
  },
  {
    object: 'Deployment web',
    change: { spec: { template: { spec: { tolerations: [] } } } },
    paths: ['/spec/template/spec/tolerations'],
  },
  {
    object: 'Deployment web',
    change: { spec: { template: { metadata: { annotations: { seen: '1' } } } } },
    paths: [],
  },
  { object: 'ConfigMap conf', change: { data: { plain: '2', more: 'x' } }, paths: ['/data/plain'] },
  { object: 'ConfigMap conf', change: { data: null }, paths: ['/data'] },
  { object: 'ConfigMap bare', change: { data: { more: 'x' } }, paths: [] },
  { object: 'Secret text', change: { data: { a: 'eA==' } }, paths: ['/data/a'] },
  {
    object: 'Service plain',
    change: { spec: { selector: { app: 'other' } } },
    paths: ['/spec/selector/app'],
  },
  {
    object: 'Service headless',
    change: { spec: { publishNotReadyAddresses: true } },
    paths: ['/spec/publishNotReadyAddresses'],
  },
  {
    object: 'ServiceAccount robot',
    change: { automountServiceAccountToken: null },
    paths: ['/automountServiceAccountToken'],
  },
  { object: 'RoleBinding readers', change: { subjects: null }, paths: ['/subjects'] },
  { object: 'NetworkPolicy allow', change: { spec: { egress: [] } }, paths: ['/spec/egress'] },
  { object: 'CronJob nightly', change: { spec: { schedule: '1 3 * * *' } }, paths: ['/spec/schedule'] },
  {
    object: 'HorizontalPodAutoscaler scaler-bare',
    change: { spec: { maxReplicas: 5, minReplicas: 2 } },
    paths: ['/spec/maxReplicas'],
  },
  {
    object: 'PodDisruptionBudget budget',
    change: { spec: { minAvailable: 1 } },
    paths: ['/spec/minAvailable'],
  },
  {
    object: 'ValidatingWebhookConfiguration checks',
    change: { metadata: { annotations: { injected: 'yes' } } },
    paths: [],
  },
  {
    object: 'CustomResourceDefinition widgets.diff.example.com',
    change: { spec: { names: { shortNames: ['wd'], categories: ['all'] } } },
    paths: ['/spec/names/shortNames'],
  },
  { object: 'ResourceQuota quota', change: { spec: { hard: { pods: '3k' } } }, paths: ['/spec/hard/pods'] },
];

describe('a changed object drifts exactly where it was changed', () => {
  const live = new Map<string, Promise<KubeObject>>();
  const targetOf = (name: string): KubeObject => {
    const found = manifests.find((manifest) => manifest.name === name);
    if (found === undefined) throw new Error(`no manifest ${name}`);
    return placed(found.object, 'drift');
  };

  it.each(drifts)('$object: $change', async ({ object, change, paths }) => {
    const target = targetOf(object);
    const creation = live.get(object) ?? createByClient(target);
    live.set(object, creation);
    await creation;
    const { item } = await pathOf(target);
    await env.request('PATCH', `${item}?fieldManager=someone`, change, 'application/merge-patch+json');
    const changed = await fetched(target);
    expect(compareObject({ target, live: changed }).changedPaths).toEqual(paths);

    const patch = clientSideApplyPatch(target, changed);
    if (!patch.isEmpty) {
      await env.request('PATCH', `${item}?fieldManager=argocd-controller`, patch.body, patch.contentType);
    }
    expect(compareObject({ target, live: await fetched(target) }).changedPaths).toEqual([]);
  });
});
