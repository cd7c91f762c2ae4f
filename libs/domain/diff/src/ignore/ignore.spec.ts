import {
  asJson,
  valueAt,
  type JsonObject,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import {
  compareObject,
  parsePointer,
  withAllIgnoredFromLive,
  withIgnoredFromLive,
  withoutJqIgnored,
  withoutPath,
  type JqDelete,
} from '../index.ts';

const deployment = (spec: JsonObject, metadata: KubeObject['metadata'] = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec,
});
const isSynced = (target: KubeObject, live: KubeObject, rule: ResourceIgnoreDifferences): boolean =>
  compareObject({ target, live, options: { ignoreDifferences: [rule] } }).synced;

describe('JSON pointers', () => {
  it('follow RFC 6901', () => {
    expect(parsePointer('/a~1b/~0c/0')).toEqual(['a/b', '~c', '0']);
    expect(parsePointer('a')).toBeUndefined();
    expect(withoutPath({ a: [1, 2] }, ['a', '0'])).toEqual({ a: [2] });
    expect(withoutPath({ a: 1 }, ['b', 'c'])).toEqual({ a: 1 });
  });
});

describe('ignoreDifferences', () => {
  const target = deployment({ replicas: 1 });
  const live = deployment({ replicas: 5 });

  it.each<[string, ResourceIgnoreDifferences, boolean]>([
    ['the kind', { group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }, true],
    ['globs', { group: '*', kind: '*', jsonPointers: ['/spec/replicas'] }, true],
    ['the name', { group: 'apps', kind: 'Deployment', name: 'web', jsonPointers: ['/spec/replicas'] }, true],
    [
      'another name',
      { group: 'apps', kind: 'Deployment', name: 'we', jsonPointers: ['/spec/replicas'] },
      false,
    ],
    [
      'another namespace',
      { group: 'apps', kind: 'Deployment', namespace: 'x', jsonPointers: ['/spec/replicas'] },
      false,
    ],
    ['no group', { kind: 'Deployment', jsonPointers: ['/spec/replicas'] }, false],
    ['a missing path', { group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/nothing/here'] }, false],
    ['a jq path', { group: 'apps', kind: 'Deployment', jqPathExpressions: ['.spec.replicas'] }, true],
  ])('matches by %s', (_name, rule, synced) => {
    expect(isSynced(target, live, rule)).toBe(synced);
  });

  it('leaves fields to the managers that own them', () => {
    const managedFields = [
      {
        manager: 'autoscaler',
        fieldsV1: {
          'f:spec': {
            'f:replicas': {},
            'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {} } } } },
          },
        },
      },
    ];
    const want = deployment({ replicas: 1, template: { spec: { containers: [{ name: 'a', image: '1' }] } } });
    const have = deployment(
      {
        replicas: 3,
        template: {
          spec: {
            containers: [
              { name: 'side', image: 's' },
              { name: 'a', image: '2' },
            ],
          },
        },
      },
      { managedFields },
    );
    const rule = { group: 'apps', kind: 'Deployment' };
    expect(isSynced(want, have, { ...rule, managedFieldsManagers: ['autoscaler'] })).toBe(true);
    expect(isSynced(want, have, { ...rule, managedFieldsManagers: ['someone'] })).toBe(false);
    const more = deployment({ ...(want['spec'] as JsonObject), paused: true });
    expect(isSynced(more, have, { ...rule, managedFieldsManagers: ['autoscaler'] })).toBe(false);
  });
});

describe('withoutJqIgnored', () => {
  const rule = { group: 'apps', kind: 'Deployment', jqPathExpressions: ['.spec | .replicas'] };
  const jq: JqDelete = (_expressions, documents) =>
    Promise.resolve(documents.map((object) => withoutPath(object, ['spec', 'replicas']) as JsonObject));

  it('cuts all sides', async () => {
    const sides = { target: deployment({ replicas: 1 }), live: deployment({ replicas: 5 }) };
    expect(compareObject(await withoutJqIgnored(sides, [rule], jq)).synced).toBe(true);
  });

  it('returns the very same objects where no expression needs jq', async () => {
    const sides = { target: deployment({}), live: deployment({}) };
    const result = await withoutJqIgnored(sides, [{ ...rule, jqPathExpressions: ['.spec.replicas'] }], jq);
    expect(result.live).toBe(sides.live);
  });
});

describe('withIgnoredFromLive', () => {
  const rule = { group: 'apps', kind: 'Deployment' };
  const sides = {
    target: deployment({
      replicas: 1,
      paused: true,
      template: { spec: { containers: [{ name: 'a', image: '1' }] } },
    }),
    live: deployment({
      replicas: 5,
      template: { spec: { containers: [{ name: 'a', image: '2', args: ['x'] }] } },
    }),
  };

  it('takes the live values of ignored fields', () => {
    const rules = [
      { ...rule, jsonPointers: ['/spec/replicas', '/spec/paused', '/metadata/labels/none'] },
      { ...rule, jqPathExpressions: ['.spec.template.spec.containers[].image'] },
    ];
    const result = withIgnoredFromLive(sides, rules);
    expect(result['spec']).toEqual({
      replicas: 5,
      template: { spec: { containers: [{ name: 'a', image: '2' }] } },
    });
    expect(result.metadata).toEqual(sides.target.metadata);
  });

  it('makes what is missing in the target', () => {
    const result = withIgnoredFromLive({ target: deployment({}), live: sides.live }, [
      { ...rule, jsonPointers: ['/spec/template/spec/containers'] },
    ]);
    expect(result['spec']).toEqual({ template: (sides.live['spec'] as JsonObject)['template'] });
  });

  it('leaves the target alone where no rule speaks of it', () => {
    expect(withIgnoredFromLive(sides, [{ kind: 'Other', jsonPointers: ['/spec'] }])).toBe(sides.target);
  });

  const containers = (...list: readonly JsonObject[]): KubeObject =>
    deployment({ template: { spec: { containers: list } } });
  const listOf = (object: KubeObject): unknown =>
    valueAt(asJson(object), 'spec', 'template', 'spec', 'containers');

  it('matches elements by name, and keeps those that were ignored as a whole', () => {
    const live = containers(
      { name: 'side', image: 's' },
      { name: 'b', image: '9' },
      { name: 'a', image: '8' },
    );
    const target = containers({ name: 'a', image: '1' }, { name: 'b', image: '2' });
    const path = '.spec.template.spec.containers[]';
    const kept = (expression: string): unknown =>
      listOf(withIgnoredFromLive({ target, live }, [{ ...rule, jqPathExpressions: [expression] }]));
    expect(kept(`${path} | select(.name == "side")`)).toEqual([
      { name: 'side', image: 's' },
      { name: 'a', image: '1' },
      { name: 'b', image: '2' },
    ]);
    expect(kept(`${path} | select(.name == "b") | .image`)).toEqual([
      { name: 'a', image: '1' },
      { name: 'b', image: '9' },
    ]);
  });

  it('takes the values that trusted managers own', () => {
    const owned = { 'f:spec': { 'f:replicas': {} } };
    const live = deployment({ replicas: 5 }, { managedFields: [{ manager: 'hpa', fieldsV1: owned }] });
    const result = withIgnoredFromLive({ target: deployment({ replicas: 1, paused: true }), live }, [
      { ...rule, managedFieldsManagers: ['hpa'] },
    ]);
    expect(result['spec']).toEqual({ replicas: 5, paused: true });
    expect(result.metadata).not.toHaveProperty('managedFields');
  });

  it('takes what jq expressions beyond plain paths name', async () => {
    const jq: JqDelete = (_expressions, documents) =>
      Promise.resolve(documents.map((object) => withoutPath(object, ['spec', 'replicas']) as JsonObject));
    const rules = [{ ...rule, jqPathExpressions: ['.spec | .replicas'] }];
    const result = await withAllIgnoredFromLive(sides, rules, jq);
    expect(result['spec']).toEqual({ ...(sides.target['spec'] as JsonObject), replicas: 5 });
  });
});
