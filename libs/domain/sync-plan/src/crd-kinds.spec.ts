import type { KubeObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { isCrd, kindsOfCrd } from './crd-kinds.ts';

const crd = (spec: object, apiVersion = 'apiextensions.k8s.io/v1'): KubeObject => ({
  apiVersion,
  kind: 'CustomResourceDefinition',
  metadata: { name: 'boats.sea.example.com' },
  spec: { group: 'sea.example.com', names: { kind: 'Boat' }, ...spec },
});
const versions = [
  { name: 'v1', served: true },
  { name: 'v1alpha1', served: false },
  { name: 'v2', served: true },
];

describe('kindsOfCrd', () => {
  it.each([
    ['Cluster', false],
    ['Namespaced', true],
  ])('names each served version of a kind with scope %s', (scope, namespaced) => {
    expect(kindsOfCrd(crd({ scope, versions }))).toEqual(
      ['v1', 'v2'].map((version) => ({ group: 'sea.example.com', kind: 'Boat', version, namespaced })),
    );
  });

  it.each<[string, KubeObject]>([
    ['that is half', crd({ versions: 'none' })],
    ['of another group', crd({ versions }, 'example.com/v1')],
    ['that is none', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }],
  ])('names nothing for a CRD %s', (_what, object) => expect(kindsOfCrd(object)).toEqual([]));

  it('knows a CRD', () => expect([isCrd(crd({})), isCrd(crd({}, 'v1'))]).toEqual([true, false]));
});
