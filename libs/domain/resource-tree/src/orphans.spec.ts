import { describe, expect, it } from 'vitest';
import { countsAsOrphan, orphanWarning } from './index.ts';

const ref = (group: string, kind: string, namespace: string, name: string) => ({
  group,
  kind,
  namespace,
  name,
});

describe('orphans', () => {
  it.each([
    [ref('', 'ConfigMap', 'shop', 'left'), true],
    [ref('', 'ConfigMap', 'shop', 'kube-root-ca.crt'), false],
    [ref('', 'ServiceAccount', 'shop', 'default'), false],
    [ref('', 'ServiceAccount', 'shop', 'robot'), true],
    [ref('', 'Service', 'default', 'kubernetes'), false],
    [ref('', 'Service', 'shop', 'kubernetes'), true],
    [ref('serving.knative.dev', 'Service', 'default', 'kubernetes'), true],
    [ref('apps', 'Deployment', 'shop', 'ignored-1'), false],
    [ref('batch', 'Job', 'shop', 'ignored-1'), true],
    [ref('cilium.io', 'CiliumEndpoint', 'shop', 'x'), false],
  ])('%o: %s', (object, counts) => {
    const ignore = [
      { group: 'apps', name: 'ignored-*' },
      { group: '*.io', kind: 'Cilium*' },
    ];
    expect(countsAsOrphan(object, { ignore })).toBe(counts);
  });

  it('are warned of unless the project wants no warning', () => {
    expect(orphanWarning(2, {})).toBe('Application has 2 orphaned resources');
    expect(orphanWarning(2, { warn: true })).toBe('Application has 2 orphaned resources');
    expect(orphanWarning(2, { warn: false })).toBeUndefined();
    expect(orphanWarning(0, {})).toBeUndefined();
  });
});
