import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';
import { defaultTracking } from '@tiphys/tracking';
import { KindTable } from '../live/kinds.ts';
import { prepareTargets } from './targets.ts';

const resource = (kind: string, namespaced: boolean): ApiResource => ({
  group: '',
  version: 'v1',
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced,
  verbs: ['list', 'watch'],
});
const kinds = new KindTable([
  resource('ConfigMap', true),
  resource('Namespace', false),
  resource('Event', true),
]);
const object = (kind: string, metadata: JsonObject): JsonObject => ({ apiVersion: 'v1', kind, metadata });

const prepare = (...rendered: JsonObject[]) =>
  prepareTargets(rendered, {
    instance: 'shop',
    destinationNamespace: 'web',
    server: 'https://a',
    tracking: defaultTracking,
    kinds,
    filters: { exclusions: [], inclusions: [] },
  });

describe('prepareTargets', () => {
  it('places namespaced objects and takes the namespace off all others', () => {
    const { targets } = prepare(
      object('ConfigMap', { name: 'a' }),
      object('ConfigMap', { name: 'b', namespace: 'own' }),
      object('Namespace', { name: 'n', namespace: 'odd' }),
    );
    expect([...targets.keys()]).toEqual(['/ConfigMap/web/a', '/ConfigMap/own/b', '/Namespace//n']);
  });

  it('treats a kind that the cluster does not know as namespaced', () => {
    expect([
      ...prepare({ apiVersion: 'x.example.com/v1', kind: 'Widget', metadata: { name: 'w' } }).targets.keys(),
    ]).toEqual(['x.example.com/Widget/web/w']);
  });

  it('believes a CRD among the objects about its kind', () => {
    const spec = {
      group: 'x.example.com',
      scope: 'Cluster',
      names: { kind: 'Widget' },
      versions: [{ name: 'v1', served: true }],
    };
    const { targets } = prepare(
      { apiVersion: 'x.example.com/v1', kind: 'Widget', metadata: { name: 'w' } },
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'widgets.x.example.com' },
        spec,
      },
    );
    expect([...targets.keys()][0]).toBe('x.example.com/Widget//w');
  });

  it('marks what it keeps and leaves hooks and non-objects out', () => {
    const hook = object('ConfigMap', { name: 'h', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } });
    const { targets } = prepare(object('ConfigMap', { name: 'a' }), hook, { kind: 'half' });
    const [target] = [...targets.values()];
    expect([targets.size, target?.object.metadata.annotations]).toEqual([
      1,
      { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:web/a' },
    ]);
  });

  it('keeps the last of repeated objects and says so', () => {
    const { targets, conditions } = prepare(
      { ...object('ConfigMap', { name: 'a' }), data: { v: '1' } },
      { ...object('ConfigMap', { name: 'a' }), data: { v: '2' } },
    );
    expect([...targets.values()][0]?.object['data']).toEqual({ v: '2' });
    expect(conditions).toEqual([
      {
        type: 'RepeatedResourceWarning',
        message: 'Resource /ConfigMap/web/a appeared 2 times among application resources.',
      },
    ]);
  });

  it('leaves excluded kinds out and says so', () => {
    const { targets, conditions } = prepare(object('Event', { name: 'e' }));
    expect([targets.size, conditions]).toEqual([
      0,
      [{ type: 'ExcludedResourceWarning', message: 'Resource /Event e is excluded in the settings' }],
    ]);
  });
});
