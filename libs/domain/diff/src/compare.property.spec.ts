import { isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@tiphys/model';
import { withLastApplied } from '@tiphys/merge';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareObject, comparePredicted } from './index.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd/e', 'f~g');
const texts = fc.dictionary(key, fc.constantFrom('', '1', '2', 'true'));
const quantity = fc.constantFrom('1', '1000m', '0.5', '500m', '1Gi', '1024Mi', '1e3', '1k');

const configMap = fc
  .record({ data: texts, labels: texts, annotations: texts })
  .map(({ data, labels, annotations }) => objectOf('v1', 'ConfigMap', { data }, { labels, annotations }));

const container = fc.record({
  name: fc.constantFrom('main', 'side'),
  image: fc.constantFrom('web:1', 'web:2'),
  env: fc.uniqueArray(fc.record({ name: key, value: fc.constantFrom('x', 'y') }), {
    selector: ({ name }) => name,
  }),
  resources: fc.record({ limits: fc.record({ cpu: quantity, memory: quantity }) }),
});

const deployment = fc
  .record({
    replicas: fc.constantFrom(undefined, 1, 2),
    labels: texts,
    containers: fc.uniqueArray(container, { minLength: 1, selector: ({ name }) => name }),
  })
  .map(({ replicas, labels, containers }) =>
    objectOf(
      'apps/v1',
      'Deployment',
      {
        spec: {
          ...(replicas === undefined ? {} : { replicas }),
          selector: { matchLabels: { app: 'x' } },
          template: { metadata: { labels: { app: 'x' } }, spec: { containers } },
        },
      },
      { labels },
    ),
  );

const custom = fc
  .record({ spec: fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }), labels: texts })
  .map(({ spec, labels }) =>
    objectOf(
      'example.com/v1',
      'Widget',
      { spec: JSON.parse(JSON.stringify(spec)) as JsonObject },
      { labels },
    ),
  );

function objectOf(apiVersion: string, kind: string, fields: JsonObject, metadata: JsonObject): KubeObject {
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'n', ...metadata }, ...fields };
}

/** Two or three objects of one kind: what is wanted, what is there, what was applied last. */
const trios = fc.oneof(...[configMap, deployment, custom].map((one) => fc.tuple(one, one, one)));

function reversed<T extends JsonValue>(value: T): T {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(reversed) as unknown as T;
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    inner === undefined ? undefined : reversed(inner),
  ]);
  return Object.fromEntries(entries.toReversed()) as T;
}
const turned = (object: KubeObject): KubeObject =>
  reversed(object as unknown as JsonObject) as unknown as KubeObject;

/** A live object as a client-side apply of `applied` left it and others changed it. */
const recorded = (live: KubeObject, applied: KubeObject): KubeObject => {
  const mark = withLastApplied(applied).metadata.annotations ?? {};
  return {
    ...live,
    metadata: { ...live.metadata, annotations: { ...mark, ...live.metadata.annotations } },
  };
};

const check = (property: (target: KubeObject, live: KubeObject) => void): void =>
  fc.assert(
    fc.property(trios, fc.boolean(), ([target, live, applied], hasRecord) =>
      property(target, hasRecord ? recorded(live, applied) : live),
    ),
    { numRuns: 300 },
  );

describe('a comparison', () => {
  it('does not see the order of keys', () => {
    check((target, live) => {
      const one = compareObject({ target, live });
      const other = compareObject({ target: turned(target), live: turned(live) });
      expect(other.synced).toBe(one.synced);
      expect(other.changedPaths.toSorted()).toEqual(one.changedPaths.toSorted());
    });
  });

  it('finds nothing between an object and itself as it was applied', () => {
    // Quantities apart: a server stores them in another form than they were sent in.
    fc.assert(
      fc.property(fc.oneof(configMap, custom), (target) => {
        expect(compareObject({ target, live: withLastApplied(target) }).changedPaths).toEqual([]);
        expect(comparePredicted({ predicted: target, live: target }).changedPaths).toEqual([]);
      }),
    );
  });

  it('is over once what it predicts is there', () => {
    check((target, live) => {
      const { predictedLive } = compareObject({ target, live });
      const after = recorded(predictedLive, target);
      expect(compareObject({ target, live: after }).changedPaths).toEqual([]);
    });
  });

  it('levels an object once: again changes nothing', () => {
    check((target, live) => {
      const { normalizedLive } = compareObject({ target, live });
      const again = compareObject({ target, live: normalizedLive }).normalizedLive;
      expect(again).toEqual(normalizedLive);
    });
  });

  it('repeated says the same, and touches neither side', () => {
    check((target, live) => {
      const [wanted, there] = [structuredClone(target), structuredClone(live)];
      const first = compareObject({ target, live });
      expect(compareObject({ target, live })).toEqual(first);
      expect([target, live]).toEqual([wanted, there]);
    });
  });

  it('tells of no field that a rule ignores', () => {
    const ignoreDifferences = [{ group: '*', kind: '*', jsonPointers: ['/data', '/spec'] }];
    check((target, live) => {
      const { changedPaths } = compareObject({ target, live, options: { ignoreDifferences } });
      expect(changedPaths.filter((path) => /^\/(?:data|spec)\b/u.test(path))).toEqual([]);
    });
  });
});
