import type { JsonObject } from '@tiphys/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyStrategicPatch, threeWayStrategicPatch, typeOfKind } from './index.ts';

const deployment = typeOfKind({ apiVersion: 'apps/v1', kind: 'Deployment' });
const service = typeOfKind({ apiVersion: 'v1', kind: 'Service' });
if (deployment === undefined || service === undefined) throw new Error('built-in types are missing');

const podSpec = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });
const patchOf = (
  original: JsonObject | undefined,
  modified: JsonObject,
  current: JsonObject,
  type = deployment,
): JsonObject => threeWayStrategicPatch({ original, modified, current, type });

describe('threeWayStrategicPatch', () => {
  it('is empty where live already is as asked and has more', () => {
    const target = podSpec({ containers: [{ name: 'web', image: 'a' }] });
    const live = podSpec({
      containers: [
        { name: 'web', image: 'a', imagePullPolicy: 'Always' },
        { name: 'mesh', image: 'm' },
      ],
      dnsPolicy: 'ClusterFirst',
    });
    expect(patchOf(target, target, live)).toEqual({});
  });

  it('names a changed container by its merge key and keeps the order', () => {
    const was = podSpec({
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
    });
    const want = podSpec({
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
      ],
    });
    expect(patchOf(was, want, was)).toEqual(
      podSpec({
        containers: [{ name: 'b', image: '2' }],
        '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
      }),
    );
  });

  it('removes only elements that were applied before', () => {
    const was = podSpec({ containers: [{ name: 'a' }, { name: 'old' }] });
    const want = podSpec({ containers: [{ name: 'a' }] });
    const live = podSpec({ containers: [{ name: 'a' }, { name: 'old' }, { name: 'injected' }] });
    const patch = patchOf(was, want, live);
    expect(patch).toEqual(
      podSpec({
        containers: [{ $patch: 'delete', name: 'old' }],
        '$setElementOrder/containers': [{ name: 'a' }],
      }),
    );
    expect(applyStrategicPatch(live, patch, deployment)).toEqual(
      podSpec({ containers: [{ name: 'a' }, { name: 'injected' }] }),
    );
  });

  it('clears fields that were applied before, and those set to null', () => {
    expect(
      patchOf(
        { spec: { paused: true } },
        { spec: { minReadySeconds: null } },
        { spec: { paused: true, minReadySeconds: 3, replicas: 2 } },
      ),
    ).toEqual({ spec: { paused: null, minReadySeconds: null } });
  });

  it('replaces the rest of a union', () => {
    const live = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
    const patch = patchOf(undefined, { spec: { strategy: { type: 'Recreate' } } }, live);
    expect(patch).toEqual({ spec: { strategy: { type: 'Recreate', $retainKeys: ['type'] } } });
    expect(applyStrategicPatch(live, patch, deployment)).toEqual({
      spec: { strategy: { type: 'Recreate' } },
    });
  });

  it('changes the source of a volume without leaving the old one', () => {
    const live = podSpec({ volumes: [{ name: 'v', emptyDir: {} }] });
    const want = podSpec({ volumes: [{ name: 'v', configMap: { name: 'c' } }] });
    expect(applyStrategicPatch(live, patchOf(live, want, live), deployment)).toEqual(want);
  });

  it('merges finalizers as a set', () => {
    const live = { metadata: { finalizers: ['other', 'a', 'b'] } };
    const patch = patchOf(
      { metadata: { finalizers: ['a', 'b'] } },
      { metadata: { finalizers: ['b', 'c'] } },
      live,
    );
    expect(applyStrategicPatch(live, patch, deployment)).toEqual({
      metadata: { finalizers: ['other', 'b', 'c'] },
    });
  });

  it('replaces atomic lists whole', () => {
    const live = podSpec({ tolerations: [{ key: 'a' }, { key: 'b' }] });
    expect(patchOf(live, podSpec({ tolerations: [{ key: 'b' }] }), live)).toEqual(
      podSpec({ tolerations: [{ key: 'b' }] }),
    );
  });

  it('handles two ports of one number', () => {
    const dns = (udpTarget: string): JsonObject => ({
      spec: {
        ports: [
          { name: 'tcp', port: 53, protocol: 'TCP', targetPort: 'dns' },
          { name: 'udp', port: 53, protocol: 'UDP', targetPort: udpTarget },
        ],
      },
    });
    expect(patchOf(dns('dns'), dns('dns'), dns('dns'), service)).toEqual({});
    const patch = patchOf(dns('dns'), dns('other'), dns('dns'), service);
    expect(applyStrategicPatch(dns('dns'), patch, service)).toEqual(dns('other'));
  });
});

const element = (extra: fc.Arbitrary<JsonObject>): fc.Arbitrary<readonly JsonObject[]> =>
  fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 4 })
    .chain((names) => fc.tuple(...names.map((name) => extra.map((rest) => ({ name, ...rest })))));
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const defined = (object: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject;
const word = fc.constantFrom('x', 'y', 'z');
const container = fc
  .record({
    image: some(word),
    args: some(fc.array(word, { maxLength: 3 })),
    env: some(element(fc.record({ value: word }))),
  })
  .map(defined);
const volume = fc.constantFrom<JsonObject>(
  { emptyDir: {} },
  { configMap: { name: 'x' } },
  { secret: { secretName: 'y' } },
);
const anyDeployment = fc
  .record({
    containers: some(element(container)),
    volumes: some(element(volume)),
    nodeSelector: some(fc.dictionary(word, word)),
    replicas: some(fc.nat(3)),
    strategy: some(
      fc.constantFrom<JsonObject>(
        { type: 'Recreate' },
        { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      ),
    ),
    finalizers: some(fc.uniqueArray(word)),
  })
  .map(({ containers, volumes, nodeSelector, replicas, strategy, finalizers }) => ({
    metadata: defined({ finalizers }),
    spec: defined({
      replicas,
      strategy,
      template: { spec: defined({ containers, volumes, nodeSelector }) },
    }),
  }));

describe('patch and apply', () => {
  it('make exactly the target of what was applied before', () => {
    fc.assert(
      fc.property(anyDeployment, anyDeployment, (original, modified) => {
        const patch = patchOf(original, modified, original);
        const result = applyStrategicPatch(original, patch, deployment);
        expect(normalised(result)).toEqual(normalised(modified));
      }),
    );
  });

  it('are at rest after one round, whatever the three sides were', () => {
    fc.assert(
      fc.property(anyDeployment, anyDeployment, anyDeployment, (original, modified, current) => {
        const result = applyStrategicPatch(current, patchOf(original, modified, current), deployment);
        expect(patchOf(modified, modified, result)).toEqual({});
        expect(patchOf(undefined, modified, result)).toEqual({});
      }),
    );
  });

  it('change neither side', () => {
    fc.assert(
      fc.property(anyDeployment, anyDeployment, (original, modified) => {
        const before = JSON.stringify([original, modified]);
        applyStrategicPatch(original, patchOf(original, modified, original), deployment);
        expect(JSON.stringify([original, modified])).toBe(before);
      }),
    );
  });
});

/** Without empty lists and maps: an empty merged list asks for nothing. */
function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, normalised(inner)] as const)
      .filter(([key, inner]) => key === 'emptyDir' || !isHollow(inner)),
  );
}
const isHollow = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
