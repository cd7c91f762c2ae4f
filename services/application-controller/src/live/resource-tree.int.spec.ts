import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startView, type StartedView } from '../testing/start-view.ts';
import { inUseBelow } from './in-use.ts';
import { orphansOf } from './orphans.ts';
import { buildTree } from './resource-tree.ts';

let kube: KubeAccess;
let namespace = '';
let started: StartedView;

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = (await kube.createNamespace('tree')).name;
  started = await startView(kube, { exclusions: [], inclusions: [{ apiGroups: ['', 'apps'] }] });
});

afterAll(async () => {
  await started.view.close();
  await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
});

const deployment = (name: string, replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name,
    namespace,
    annotations: {
      'argocd.argoproj.io/tracking-id': `tree-${namespace}:apps/Deployment:${namespace}/${name}`,
    },
  },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: `example.com/${name}:1` }] },
    },
  },
});

const keyOfDeployment = (name: string) => keyOf({ group: 'apps', kind: 'Deployment', namespace, name });

describe('the resource tree', () => {
  it('holds what is managed, what grew from it, and what is missing', async () => {
    const { view } = started;
    await kube.apply(deployment('web', 1) as never);
    await kube.apply(deployment('idle', 0) as never);
    const ref = { group: '', kind: 'ConfigMap', namespace, name: 'absent' };
    const tree = () =>
      buildTree(view, { roots: view.managed(`tree-${namespace}`), missing: [{ ref, version: 'v1' }] });
    const pod = await poll(
      () => tree().nodes.find(({ kind, health }) => kind === 'Pod' && health?.status === 'Healthy'),
      { what: 'the pod is ready' },
    );
    const { nodes } = await poll(() => (tree().nodes.length === 6 ? tree() : undefined), {
      what: 'both deployments have their replica sets',
    });
    expect(nodes.map(({ kind }) => kind)).toEqual([
      'ConfigMap',
      'Pod',
      'Deployment',
      'Deployment',
      'ReplicaSet',
      'ReplicaSet',
    ]);
    expect(nodes.find(({ name }) => name === 'absent')).toEqual({
      version: 'v1',
      kind: 'ConfigMap',
      namespace,
      name: 'absent',
      health: { status: 'Missing' },
    });
    const set = nodes.find(({ uid }) => uid === pod.parentRefs?.[0]?.uid);
    expect([set?.kind, set?.parentRefs?.[0]?.name]).toEqual(['ReplicaSet', 'web']);
    expect(pod.images).toEqual(['example.com/web:1']);
    expect(pod.info?.map(({ name }) => name)).toEqual([
      'Status Reason',
      'Node',
      'Containers',
      'cpu',
      'memory',
    ]);
  });

  it('tells how traffic comes in, where pods run, and what belongs to nobody', async () => {
    const { view } = started;
    const service = {
      metadata: { name: 'front', namespace },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    };
    await kube.apply({ apiVersion: 'v1', kind: 'Service', ...service } as never);
    const map = (name: string, annotations = {}): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, annotations },
    });
    await kube.apply(map('left', { 'link.argocd.argoproj.io/docs': 'https://docs.example.com' }) as never);
    await kube.apply(
      map('taken', { 'argocd.argoproj.io/tracking-id': `other:/ConfigMap:${namespace}/taken` }) as never,
    );
    await kube.apply(map('ignored') as never);
    const orphans = () =>
      orphansOf({
        view,
        project: {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'AppProject',
          metadata: { name: 'shop' },
          spec: {
            namespaceResourceBlacklist: [{ group: 'apps', kind: 'ControllerRevision' }],
            orphanedResources: { ignore: [{ kind: 'ConfigMap', name: 'ign*' }] },
          },
        },
        namespace,
        instance: `tree-${namespace}`,
        isApplication: (name) => name === 'other',
      });
    await poll(() => orphans().length === 3, { what: 'the orphans are in view' });
    const tree = buildTree(view, {
      roots: view.managed(`tree-${namespace}`),
      missing: [],
      orphans: orphans(),
    });
    expect(
      tree.orphanedNodes?.map(({ kind, name, networkingInfo }) => ({ kind, name, networkingInfo })),
    ).toEqual([
      { kind: 'ConfigMap', name: 'left', networkingInfo: { externalURLs: ['https://docs.example.com'] } },
      { kind: 'Endpoints', name: 'front', networkingInfo: undefined },
      { kind: 'Service', name: 'front', networkingInfo: { targetLabels: { app: 'web' } } },
    ]);
    const endpoints = tree.orphanedNodes?.find(({ kind }) => kind === 'Endpoints');
    expect(endpoints?.parentRefs).toMatchObject([{ kind: 'Service', name: 'front' }]);
    const pod = tree.nodes.find(({ kind }) => kind === 'Pod');
    expect(pod?.networkingInfo?.labels).toMatchObject({ app: 'web' });
    expect(tree.hosts).toEqual([
      expect.objectContaining({
        name: pod?.info?.find(({ name }) => name === 'Node')?.value,
        resourcesInfo: [
          expect.objectContaining({ resourceName: 'cpu', capacity: expect.any(Number) as number }),
          expect.objectContaining({ resourceName: 'memory', capacity: expect.any(Number) as number }),
        ],
      }),
    ]);
  });

  it('counts the images of pods, not those of templates', async () => {
    const { view } = started;
    await poll(() => view.get(keyOfDeployment('idle')), { what: 'the deployment is in view' });
    expect(inUseBelow(view, [keyOfDeployment('web'), keyOfDeployment('idle')]).images).toEqual([
      'example.com/web:1',
    ]);
  });
});
