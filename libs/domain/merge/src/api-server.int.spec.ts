import type { JsonObject, KubeObject } from '@tiphys/model';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPatch, clientSideApplyPatch, withLastApplied } from './index.ts';

let env: KubeAccess;
let namespace: TestNamespace;

beforeAll(async () => {
  env = await sharedKubeEnv();
  namespace = await env.createNamespace('merge');
});
afterAll(() => namespace.remove());

const named = <T extends string>(...names: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: names.length });
const word = fc.constantFrom('x', 'y', 'z');
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const defined = (object: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject;

const environment = named('A', 'B', 'C').chain((names) =>
  fc.tuple(...names.map((name) => word.map((value) => ({ name, value })))),
);
const ports = fc
  .uniqueArray(fc.constantFrom(80, 81, 82), { minLength: 1 })
  .map((list) => list.map((containerPort) => ({ containerPort })));
const container = (name: string): fc.Arbitrary<JsonObject> =>
  fc
    .record({
      image: word,
      env: optional(environment),
      args: optional(fc.array(word, { minLength: 1 })),
      ports: optional(ports),
    })
    .map((fields) => ({ name, ...defined(fields) }));
const containers = named('one', 'two', 'three').chain((names) => fc.tuple(...names.map(container)));
const volume = fc.constantFrom<JsonObject>(
  { emptyDir: {} },
  { configMap: { name: 'c' } },
  { secret: { secretName: 's' } },
);
const volumes = named('v', 'w').chain((names) =>
  fc.tuple(...names.map((name) => volume.map((source) => ({ name, ...source })))),
);
const strategy = fc.constantFrom<JsonObject>(
  { type: 'Recreate' },
  { type: 'RollingUpdate' },
  { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2 } },
);
const labels = fc.dictionary(word, word);

const deployments = fc
  .record({
    containers,
    volumes: optional(volumes),
    strategy: optional(strategy),
    minReadySeconds: optional(fc.nat(5)),
    labels: optional(labels),
    finalizers: optional(named('example.com/a', 'example.com/b')),
    nodeSelector: optional(labels),
    tolerations: optional(
      fc.array(
        word.map((key) => ({ key, operator: 'Exists' })),
        { maxLength: 2 },
      ),
    ),
  })
  .map(
    ({ containers, volumes, strategy, minReadySeconds, labels, finalizers, nodeSelector, tolerations }) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: defined({ name: 'many', labels, finalizers }),
      spec: defined({
        replicas: 0,
        strategy,
        minReadySeconds,
        selector: { matchLabels: { app: 'many' } },
        template: {
          metadata: { labels: { app: 'many' } },
          spec: defined({ containers, volumes, nodeSelector, tolerations }),
        },
      }),
    }),
  );

const list = (): string => `/apis/apps/v1/namespaces/${namespace.name}/deployments`;

/** What the prediction doesn't know: the server's own metadata, its defaults, empty values that it leaves out. */
function withoutServerFields(object: KubeObject): JsonObject {
  const { labels = {}, finalizers = [] } = object.metadata;
  return hollowed({ labels, finalizers, spec: object['spec'] }) as JsonObject;
}

function hollowed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hollowed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, hollowed(inner)] as const);
  return Object.fromEntries(entries.filter(([key, inner]) => key === 'emptyDir' || !isHollow(inner)));
}

const isHollow = (value: unknown): boolean =>
  value === 0 || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

describe('strategic patches on an API server', () => {
  it('come out as predicted, step after step', async () => {
    const [first, ...steps] = fc.sample(deployments, { numRuns: 60, seed: 36 });
    if (first === undefined) throw new Error('no sample');
    let live = await env.request<KubeObject>('POST', list(), withLastApplied(first));
    for (const target of steps) {
      const patch = clientSideApplyPatch(target, live);
      const predicted = applyPatch(live, patch);
      live = await env.request<KubeObject>('PATCH', `${list()}/many`, patch.body, patch.contentType);
      expect(withoutServerFields(live)).toMatchObject(withoutServerFields(predicted));
    }
  });

  it('leave what others set, in place', async () => {
    const path = `/api/v1/namespaces/${namespace.name}/services`;
    const service = (targetPort: number): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'dns' },
      spec: {
        ports: [
          { name: 'tcp', port: 53, protocol: 'TCP', targetPort: 53 },
          { name: 'udp', port: 53, protocol: 'UDP', targetPort },
        ],
      },
    });
    await env.request('POST', path, withLastApplied(service(53)));
    const theirs = { metadata: { labels: { theirs: 'yes' } }, spec: { selector: { app: 'theirs' } } };
    const live = await env.request<KubeObject>(
      'PATCH',
      `${path}/dns`,
      theirs,
      'application/merge-patch+json',
    );
    const patch = clientSideApplyPatch(service(5353), live);
    const changed = await env.request<KubeObject>('PATCH', `${path}/dns`, patch.body, patch.contentType);
    expect(changed).toMatchObject({
      ...theirs,
      spec: { ...theirs.spec, ports: [{ targetPort: 53 }, { targetPort: 5353 }] },
    });
    expect((changed['spec'] as JsonObject)['clusterIP']).toBe((live['spec'] as JsonObject)['clusterIP']);
  });

  it('takes a service account away under both of its names', async () => {
    const workload = (account: JsonObject): KubeObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'robot' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'robot' } },
        template: {
          metadata: { labels: { app: 'robot' } },
          spec: { ...account, containers: [{ name: 'a', image: 'a' }] },
        },
      },
    });
    const live = await env.request<KubeObject>(
      'POST',
      list(),
      withLastApplied(workload({ serviceAccountName: 'robot' })),
    );
    const patch = clientSideApplyPatch(workload({}), live);
    const changed = await env.request<KubeObject>('PATCH', `${list()}/robot`, patch.body, patch.contentType);
    expect(JSON.stringify(changed['spec'])).not.toContain('serviceAccount');
    expect(changed['spec']).toEqual(applyPatch(live, patch)['spec']);
  });
});
