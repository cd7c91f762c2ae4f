import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotations, type KubeObject } from '@tiphys/model';
import {
  defaultTracking,
  formatTrackingId,
  instanceNameOf,
  markObject,
  ownerOf,
  parseTrackingId,
  type TrackingSettings,
} from './index.ts';

const configMap = (over: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'web', ...over },
});
const clusterRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'system:reader' },
};
const crd: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'x.example.com' },
};

const by = (method: TrackingSettings['method']): TrackingSettings => ({ ...defaultTracking, method });
const mark = (object: KubeObject, settings = defaultTracking, app = 'shop') =>
  markObject(object, { app, destinationNamespace: 'web', settings });

describe('tracking ids', () => {
  it('have the form of the reference, with an empty group for core kinds', () => {
    expect(mark(configMap()).metadata.annotations).toEqual({
      [annotations.trackingId]: 'shop:/ConfigMap:web/settings',
    });
  });

  it('survive a round trip, colons in names included', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,12}$/u);
    fc.assert(
      fc.property(
        part,
        part,
        part,
        fc.stringMatching(/^[a-z0-9:-]{1,20}$/u),
        (app, kind, namespace, name) => {
          const ref = { group: 'g.example.com', kind, namespace, name };
          expect(parseTrackingId(formatTrackingId(app, ref))).toEqual({ app, ...ref });
        },
      ),
    );
  });

  it.each(['', 'shop', 'shop:ConfigMap', 'shop:/ConfigMap:settings'])('refuse %j', (text) =>
    expect(parseTrackingId(text)).toBeUndefined(),
  );
});

describe('marks and owners', () => {
  it.each(['annotation', 'label', 'annotation+label'] as const)('agree for method %s', (method) => {
    expect(ownerOf(mark(configMap(), by(method)), by(method))).toBe('shop');
    expect(ownerOf(mark(clusterRole, by(method)), by(method))).toBe('shop');
    expect(ownerOf(configMap(), by(method))).toBeUndefined();
  });

  it('carry the destination namespace for cluster-scoped kinds', () => {
    expect(mark(clusterRole).metadata.annotations?.[annotations.trackingId]).toBe(
      'shop:rbac.authorization.k8s.io/ClusterRole:web/system:reader',
    );
  });

  it('never put an annotation on a CRD', () => {
    expect(mark(crd).metadata.annotations).toBeUndefined();
    expect(mark(crd, by('label')).metadata.labels).toEqual({ 'app.kubernetes.io/instance': 'shop' });
  });

  it('ignore a copy that names another object', () => {
    const copy = { ...mark(configMap()), metadata: { ...mark(configMap()).metadata, name: 'copy' } };
    expect(ownerOf(copy, defaultTracking)).toBeUndefined();
  });

  it('cut a label to what Kubernetes takes only where the annotation decides', () => {
    const long = 'a'.repeat(70);
    expect(
      mark(configMap(), by('annotation+label'), long).metadata.labels?.['app.kubernetes.io/instance'],
    ).toHaveLength(63);
    expect(ownerOf(mark(configMap(), by('annotation+label'), long), by('annotation+label'))).toBe(long);
  });

  it('tell installations apart', () => {
    const ours = { ...defaultTracking, installationId: 'one' };
    expect(ownerOf(mark(configMap(), ours), ours)).toBe('shop');
    expect(ownerOf(mark(configMap(), ours), { ...ours, installationId: 'two' })).toBeUndefined();
    expect(ownerOf(mark(configMap()), ours)).toBeUndefined();
  });
});

describe('instance names', () => {
  it('carry the namespace outside the control plane', () => {
    expect(instanceNameOf({ name: 'shop', namespace: 'argocd' }, 'argocd')).toBe('shop');
    expect(instanceNameOf({ name: 'shop', namespace: 'team' }, 'argocd')).toBe('team_shop');
  });
});
