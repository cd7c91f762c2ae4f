import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { startView, type StartedView } from '../testing/start-view.ts';
import { imagesInUse } from './images-in-use.ts';
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
    const tree = () => buildTree(view, view.managed(`tree-${namespace}`), [{ ref, version: 'v1' }]);
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
    expect(pod.info?.map(({ name }) => name)).toEqual(['Status Reason', 'Node', 'Containers']);
  });

  it('counts the images of pods, not those of templates', async () => {
    const { view } = started;
    await poll(() => view.get(keyOfDeployment('idle')), { what: 'the deployment is in view' });
    expect(imagesInUse(view, [keyOfDeployment('web'), keyOfDeployment('idle')])).toEqual([
      'example.com/web:1',
    ]);
  });
});
