import type { JsonObject, KubeObject } from '@tiphys/model';
import { withLastApplied } from '@tiphys/merge';
import { describe, expect, it } from 'vitest';
import { compareObject, type CompareOptions } from './index.ts';

const object = (apiVersion: string, kind: string, fields: Record<string, unknown>): KubeObject => ({
  apiVersion,
  kind,
  ...fields,
  metadata: { name: 'x', namespace: 'n', ...(fields['metadata'] as object | undefined) },
});
const configMap = (data: JsonObject): KubeObject => object('v1', 'ConfigMap', { data });

describe('compareObject', () => {
  it('returns the live object itself where nothing differs', () => {
    const result = compareObject({ target: configMap({ a: '1' }), live: configMap({ a: '1', own: '2' }) });
    expect(result.synced).toBe(true);
    expect(result.predictedLive).toBe(result.normalizedLive);
    expect(result.changedPaths).toEqual([]);
  });

  it('names what would change', () => {
    const result = compareObject({
      target: configMap({ 'a/b': '1' }),
      live: configMap({ 'a/b': '2', c: '3' }),
    });
    expect(result).toMatchObject({ synced: false, changedPaths: ['/data/a~1b'] });
    expect(result.predictedLive['data']).toEqual({ 'a/b': '1', c: '3' });
  });

  it('removes what was applied before and is no longer wanted', () => {
    const live = withLastApplied(configMap({ a: '1', b: '2' }));
    expect(compareObject({ target: configMap({ a: '1' }), live }).changedPaths).toEqual(['/data/b']);
  });

  it('takes an unreadable record for none', () => {
    const metadata = { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' } };
    const live = object('v1', 'ConfigMap', { metadata, data: { a: '1' } });
    expect(compareObject({ target: configMap({ a: '1' }), live }).synced).toBe(true);
  });
});

const container = (fields: JsonObject): JsonObject => ({
  spec: { template: { spec: { containers: [{ name: 'a', image: 'i', ...fields }] } } },
});

interface Case {
  readonly name: string;
  readonly target: KubeObject;
  readonly live: KubeObject;
  readonly options?: CompareOptions;
  /** Absent means in sync. */
  readonly changed?: readonly string[];
}

const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];

const cases: readonly Case[] = [
  {
    name: 'quantities in another form',
    target: object(
      'apps/v1',
      'Deployment',
      container({ resources: { limits: { cpu: '1000m', memory: '1024Mi' } } }),
    ),
    live: object('apps/v1', 'Deployment', container({ resources: { limits: { cpu: '1', memory: '1Gi' } } })),
  },
  {
    name: 'a quantity given as a number',
    target: object('v1', 'ResourceQuota', { spec: { hard: { pods: 2000 } } }),
    live: object('v1', 'ResourceQuota', { spec: { hard: { pods: '2k' } } }),
  },
  {
    name: 'fields the type does not have, which a server drops',
    target: object('apps/v1', 'Deployment', container({ unknown: { a: 1 } })),
    live: object('apps/v1', 'Deployment', container({})),
    changed: ['/spec/template/spec/containers/0/unknown'],
  },
  {
    name: 'fields that only a server writes',
    target: object('v1', 'ConfigMap', {
      metadata: { uid: '1', resourceVersion: '2', generation: 3, creationTimestamp: null },
    }),
    live: object('v1', 'ConfigMap', {
      metadata: { uid: '9', resourceVersion: '8', creationTimestamp: '2020-01-01T00:00:00Z' },
    }),
  },
  {
    name: 'stringData',
    target: object('v1', 'Secret', { stringData: { a: 'x' } }),
    live: object('v1', 'Secret', { data: { a: 'eA==' }, type: 'Opaque' }),
  },
  {
    name: 'a Secret value that differs',
    target: object('v1', 'Secret', { stringData: { a: 'y' } }),
    live: object('v1', 'Secret', { data: { a: 'eA==' } }),
    changed: ['/data/a'],
  },
  {
    name: 'empty values that a server leaves out',
    target: object('apps/v1', 'Deployment', {
      metadata: { labels: {}, annotations: null },
      spec: {
        paused: false,
        template: { spec: { hostNetwork: false, nodeSelector: {}, tolerations: [], initContainers: null } },
      },
    }),
    live: object('apps/v1', 'Deployment', { spec: { template: { spec: {} } } }),
  },
  {
    name: 'an empty value where live has one',
    target: object('apps/v1', 'Deployment', container({ env: [{ name: 'A', value: '' }] })),
    live: object('apps/v1', 'Deployment', container({ env: [{ name: 'A', value: 'x' }] })),
    changed: ['/spec/template/spec/containers/0/env/0/value'],
  },
  {
    name: 'an explicit false that a server keeps',
    target: object('v1', 'ServiceAccount', { automountServiceAccountToken: false }),
    live: object('v1', 'ServiceAccount', {}),
    changed: ['/automountServiceAccountToken'],
  },
  {
    name: 'what a server chooses when it is left empty',
    target: object('v1', 'Service', { spec: { clusterIP: '', ports: [{ port: 80, nodePort: 0 }] } }),
    live: object('v1', 'Service', {
      spec: {
        clusterIP: '10.0.0.1',
        type: 'ClusterIP',
        ports: [{ port: 80, nodePort: 30000, targetPort: 80, protocol: 'TCP' }],
      },
    }),
  },
  {
    name: 'defaults inside an atomic list',
    target: object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n', apiGroup: '' },
      ],
    }),
    live: object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
      subjects: [
        { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    }),
  },
  {
    name: 'a union given in part',
    target: object('apps/v1', 'Deployment', { spec: { strategy: { type: 'RollingUpdate' } } }),
    live: object('apps/v1', 'Deployment', {
      spec: {
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      },
    }),
  },
  {
    name: 'a union changed on the live object',
    target: object('apps/v1', 'Deployment', { spec: { strategy: { type: 'RollingUpdate' } } }),
    live: object('apps/v1', 'Deployment', {
      spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 5, maxUnavailable: '25%' } } },
    }),
    changed: ['/spec/strategy/rollingUpdate/maxSurge'],
  },
  {
    name: 'empty rules',
    target: object('rbac.authorization.k8s.io/v1', 'ClusterRole', { rules: [] }),
    live: object('rbac.authorization.k8s.io/v1', 'ClusterRole', { rules: null }),
  },
  {
    name: 'rules of an aggregated role',
    target: object('rbac.authorization.k8s.io/v1', 'ClusterRole', {
      aggregationRule: { clusterRoleSelectors: [] },
      rules: [],
    }),
    live: object('rbac.authorization.k8s.io/v1', 'ClusterRole', {
      aggregationRule: { clusterRoleSelectors: [] },
      rules,
    }),
    options: { ignoreAggregatedRoles: true },
  },
  {
    name: 'rules of an aggregated role, by default',
    target: object('rbac.authorization.k8s.io/v1', 'ClusterRole', {
      aggregationRule: { clusterRoleSelectors: [] },
      rules: [],
    }),
    live: object('rbac.authorization.k8s.io/v1', 'ClusterRole', {
      aggregationRule: { clusterRoleSelectors: [] },
      rules,
    }),
    changed: ['/rules'],
  },
  {
    name: 'status',
    target: object('example.com/v1', 'Widget', { status: { a: 1 } }),
    live: object('example.com/v1', 'Widget', { status: { a: 2 } }),
  },
  {
    name: 'status that counts',
    target: object('example.com/v1', 'Widget', { status: { a: 1 } }),
    live: object('example.com/v1', 'Widget', { status: { a: 2 } }),
    options: { ignoreResourceStatusField: 'crd' },
    changed: ['/status/a'],
  },
  {
    name: 'nulls in a custom resource',
    target: object('example.com/v1', 'Widget', {
      metadata: { creationTimestamp: null },
      spec: { a: null, b: [{ c: null }] },
    }),
    live: object('example.com/v1', 'Widget', { spec: { b: [{}] } }),
  },
  {
    name: 'known types in a custom resource',
    target: object('argoproj.io/v1alpha1', 'Rollout', container({ resources: { limits: { cpu: '1000m' } } })),
    live: object('argoproj.io/v1alpha1', 'Rollout', container({ resources: { limits: { cpu: '1' } } })),
  },
  {
    name: 'configured types in a custom resource',
    target: object('example.com/v1', 'Widget', { spec: { size: '1024Mi', every: '90s' } }),
    live: object('example.com/v1', 'Widget', { spec: { size: '1Gi', every: '1m30s' } }),
    options: {
      knownTypeFields: {
        'example.com/Widget': [
          { field: 'spec.size', type: 'core/Quantity' },
          { field: 'spec.every', type: 'meta/v1/Duration' },
        ],
      },
    },
  },
  {
    name: 'a list of a custom resource in another order',
    target: object('example.com/v1', 'Widget', { spec: { list: [1, 2] } }),
    live: object('example.com/v1', 'Widget', { spec: { list: [2, 1] } }),
    changed: ['/spec/list/0', '/spec/list/1'],
  },
  {
    name: 'Endpoints in another order',
    target: object('v1', 'Endpoints', {
      subsets: [{ addresses: [{ ip: '2' }, { ip: '1' }], ports: [{ port: 80 }] }],
    }),
    live: object('v1', 'Endpoints', {
      subsets: [{ addresses: [{ ip: '1' }, { ip: '2' }], ports: [{ port: 80, protocol: 'TCP' }] }],
    }),
  },
];

describe('compareObject on', () => {
  it.each(cases)('$name', ({ target, live, options, changed }) => {
    const result = compareObject(options === undefined ? { target, live } : { target, live, options });
    expect(result.changedPaths).toEqual(changed ?? []);
    expect(result.synced).toBe(changed === undefined);
  });

  it.each(cases)('$name, also when it was applied by kubectl', ({ target, live, options, changed }) => {
    const recorded = withLastApplied(target).metadata.annotations;
    const applied = {
      ...live,
      metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, ...recorded } },
    };
    const given = { ...target, metadata: { ...target.metadata } };
    const result = compareObject(
      options === undefined ? { target: given, live: applied } : { target: given, live: applied, options },
    );
    expect(result.changedPaths).toEqual(changed ?? []);
  });
});
