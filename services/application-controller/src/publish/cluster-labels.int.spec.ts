import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKubeconfig, makeKubeApi } from '@tiphys/adapter-kube';
import { labels, type KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { systemClock as clock } from '@tiphys/runtime/clock';
import { createLogger } from '@tiphys/runtime/logging';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { ClusterLabels } from './cluster-labels.ts';

let kube: KubeAccess;
let namespace: TestNamespace;
let api: KubeApi;
const lines: string[] = [];
const logger = createLogger({ service: 'test', write: (line) => void lines.push(line) });

beforeAll(async () => {
  kube = await sharedKubeEnv();
  namespace = await kube.createNamespace('labels');
  api = await makeKubeApi((await loadKubeconfig({ clock, path: kube.kubeconfigPath })).connection, { clock });
});

afterAll(async () => {
  await api.close();
  await namespace.remove();
});

async function secretOf(name: string, marks: Readonly<Record<string, string>>): Promise<KubeObject> {
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: namespace.name, labels: { [labels.secretType]: 'cluster', ...marks } },
  } as never);
  return live(name);
}

async function live(name: string): Promise<KubeObject> {
  const ref = { apiVersion: 'v1', kind: 'Secret', name, namespace: namespace.name };
  const found = await kube.find<KubeObject>(ref);
  if (found === undefined) throw new Error(`no secret ${name}`);
  return found;
}

const asking = { [labels.autoLabelClusterInfo]: 'true' };

const writing = (secret: KubeObject, version: string | undefined, by: KubeApi = api): Promise<void> =>
  new ClusterLabels({ api: by, logger, secrets: () => [secret], versionOf: () => version }).write();

describe('the label of the version', () => {
  it('is kept on secrets that ask for it, and only there', async () => {
    const silent = await secretOf('silent', {});
    await writing(silent, 'v1.36.3');
    expect((await live('silent')).metadata.resourceVersion).toBe(silent.metadata.resourceVersion);

    const secret = await secretOf('asking', asking);
    await writing(secret, 'v1.36.3');
    const labelled = await live('asking');
    expect(labelled.metadata.labels).toMatchObject({ [labels.kubernetesVersion]: '1.36', ...asking });
    await writing(labelled, 'v1.36.9+x');
    expect((await live('asking')).metadata.resourceVersion).toBe(labelled.metadata.resourceVersion);
    await writing(labelled, 'v1.37.0');
    expect((await live('asking')).metadata.labels).toMatchObject({ [labels.kubernetesVersion]: '1.37' });
  });

  it('stays as it is while the cluster is away', async () => {
    const secret = await secretOf('away', { ...asking, [labels.kubernetesVersion]: '1.35' });
    await writing(secret, undefined);
    expect((await live('away')).metadata.labels).toMatchObject({ [labels.kubernetesVersion]: '1.35' });
  });

  it('is not asked for again where the right is missing', async () => {
    const secret = await secretOf('refused', asking);
    const limited = api.as(`system:serviceaccount:${namespace.name}:nobody`);
    const writer = new ClusterLabels({
      api: limited,
      logger,
      secrets: () => [secret],
      versionOf: () => 'v1.36.3',
    });
    await writer.write();
    await writer.write();
    expect(lines.filter((line) => line.includes('cannot be labelled'))).toHaveLength(1);
  });
});
