import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf, type KubeObject } from '@tiphys/model';
import { startKubeEnv, type KubeEnv } from '@tiphys/testing/kube-env';
import { freePorts, poll } from '@tiphys/testing/processes';
import { startTcpProxy } from '@tiphys/testing/tcp-proxy';
import { fetchLive } from '../compare/fetch-live.ts';
import type { Target } from '../compare/targets.ts';
import { managedMap, startView, type StartedView } from '../testing/start-view.ts';

const GROUP = 'faults.example.com';
const app = 'faults';
const filters = {
  exclusions: [],
  inclusions: [
    { apiGroups: ['apiextensions.k8s.io', '*.example.com'] },
    { apiGroups: [''], kinds: ['ConfigMap'] },
  ],
};

let kube: KubeEnv;
let namespace = '';

beforeAll(async () => {
  kube = await startKubeEnv({ scheduler: false, kwok: false });
  namespace = (await kube.createNamespace('faults')).name;
}, 120_000);

afterAll(() => kube.stop());

const becomes = (what: string, check: () => boolean): Promise<boolean> =>
  poll(check, { what, timeoutMs: 60_000 });

interface CrdOptions {
  readonly group?: string;
  /** The last one is stored. */
  readonly versions?: readonly string[];
  readonly conversion?: object;
}

function crdOf(kind: string, { group = GROUP, versions = ['v1'], conversion }: CrdOptions = {}): KubeObject {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === versions.length - 1,
        schema,
      })),
      ...(conversion === undefined ? {} : { conversion }),
    },
  };
}

const removeCrd = (kind: string, group = GROUP): Promise<void> =>
  kube.remove({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: `${kind.toLowerCase()}s.${group}`,
  });

const marked = (kind: string, name: string): KubeObject => ({
  apiVersion: `${GROUP}/v1`,
  kind,
  metadata: {
    name,
    namespace,
    annotations: { 'argocd.argoproj.io/tracking-id': `${app}:${GROUP}/${kind}:${namespace}/${name}` },
  },
});

const map = (name: string): KubeObject => managedMap(app, { namespace, name });
const keyOfMap = (name: string) => keyOf({ group: '', kind: 'ConfigMap', namespace, name });

function target(object: KubeObject, group: string, version: string): Target {
  const ref = { group, kind: object.kind, namespace, name: object.metadata.name ?? '' };
  return { key: keyOf(ref), ref, version, object };
}

describe('a conversion webhook that is dead', () => {
  const ship = { ...marked('Ship', 'old'), apiVersion: `${GROUP}/v2` };
  const webhook = async (): Promise<object> => {
    const [port = 0] = await freePorts(1);
    const clientConfig = {
      url: `https://127.0.0.1:${port}/convert`,
      caBundle: Buffer.from(kube.caPem).toString('base64'),
    };
    return { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig } };
  };
  const versions = ['v1', 'v2'];

  it('is trouble only for Applications that use its kind, until it is mended', async () => {
    await kube.applyAll([crdOf('Ship')] as never);
    await kube.apply(marked('Ship', 'old') as never);
    await kube.apply(map('beside') as never);
    await kube.applyAll([crdOf('Ship', { versions, conversion: await webhook() })] as never);
    // The API server goes on serving what it has in memory; as after its next restart, it must convert.
    await kube.restartApiServer();
    const started = await startView(kube, filters);
    try {
      const { view } = started;
      const kind = view.kinds.find({ group: GROUP, version: 'v2', kind: 'Ship' });
      await becomes('the trouble is known', () => view.troubleOf(kind) !== undefined);
      expect(view.troubleOf(kind)).toMatch(/conversion webhook|storage is \(re\)initializing/u);
      await expect(fetchLive(view, [target(ship, GROUP, 'v2')])).rejects.toThrow(
        /^Failed to load live state: faults\.example\.com\/Ship cannot be listed: /u,
      );
      const beside = target(map('beside'), '', 'v1');
      expect((await fetchLive(view, [beside])).get(beside.key)?.metadata.name).toBe('beside');

      await kube.applyAll([crdOf('Ship', { versions, conversion: { strategy: 'None' } })] as never);
      await becomes('the kind is in view', () => view.failureOf(kind) === undefined);
      expect(view.get(target(ship, GROUP, 'v2').key)?.instance).toBe(app);
    } finally {
      await started.view.close();
      await removeCrd('Ship');
    }
  }, 180_000);
});

describe('a flood of kinds', () => {
  const kinds = Array.from({ length: 40 }, (_, index) => `Wave${index}`);
  const has = ({ view }: StartedView, kind: string): boolean =>
    view.kinds.has({ group: 'flood.example.com', version: 'v1', kind });

  it('is followed without asking again for each, both ways', async () => {
    const started = await startView(kube, filters);
    try {
      const before = started.kindsTold();
      await Promise.all(
        kinds.map((kind) => kube.apply(crdOf(kind, { group: 'flood.example.com' }) as never)),
      );
      await becomes('all are known', () => kinds.every((kind) => has(started, kind)));
      expect(started.kindsTold() - before).toBeLessThan(kinds.length / 2);
      await kube.apply(map('after-the-flood') as never);
      await becomes('the view goes on', () => started.view.get(keyOfMap('after-the-flood')) !== undefined);
      await Promise.all(kinds.map((kind) => removeCrd(kind, 'flood.example.com')));
      await becomes('all are forgotten', () => kinds.every((kind) => !has(started, kind)));
    } finally {
      await started.view.close();
    }
  }, 180_000);
});

describe('an API server that restarts', () => {
  it('is followed again, also where it no longer knows the version that was seen last', async () => {
    const link = await startTcpProxy(Number(new URL(kube.apiUrl).port));
    await kube.apply(map('goes') as never);
    await kube.apply(map('stays') as never);
    const started = await startView(kube, filters, { server: `https://127.0.0.1:${link.port}` });
    try {
      const { view } = started;
      expect(view.get(keyOfMap('goes'))).toBeDefined();
      link.cut();
      await kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'goes', namespace });
      await kube.apply(map('comes') as never);
      await kube.applyAll([crdOf('Late')] as never);
      await kube.restartApiServer();
      link.heal();
      await becomes('what went is gone', () => view.get(keyOfMap('goes')) === undefined);
      await becomes('what came is there', () => view.get(keyOfMap('comes')) !== undefined);
      expect(view.get(keyOfMap('stays'))).toBeDefined();
      const late = { group: GROUP, version: 'v1', kind: 'Late' };
      await becomes('the new kind is known', () => view.kinds.has(late));
    } finally {
      await started.view.close();
      await link.close();
      await removeCrd('Late');
    }
  }, 180_000);
});
