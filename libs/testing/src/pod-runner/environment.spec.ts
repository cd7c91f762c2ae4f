import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from './cluster-config.ts';
import { expand, resolveEnvironment, type PodIdentity } from './environment.ts';
import type { Container } from './objects.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const config: ClusterConfig = {
  configMaps: new Map([['settings', new Map([['log.level', bytes('debug')]])]]),
  secrets: new Map([['login', new Map([['auth', bytes('pass')]])]]),
};
const pod: PodIdentity = {
  metadata: { name: 'web-0', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web' } },
  serviceAccountName: 'web',
};
const resolve = (container: Omit<Container, 'name'>): Record<string, string> =>
  resolveEnvironment({ name: 'main', ...container }, config, pod);

describe('resolveEnvironment', () => {
  it('reads config maps, secrets, fields and resources', () => {
    const env = resolve({
      resources: { limits: { memory: '512Mi' }, requests: undefined },
      env: [
        { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'log.level' } } },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'auth' } } },
        { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        {
          name: 'LABEL',
          valueFrom: { fieldRef: { fieldPath: "metadata.labels['app.kubernetes.io/name']" } },
        },
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
        { name: 'URL', value: 'redis://:$(PASSWORD)@$(HOST)$$(X)' },
      ],
    });
    expect(env).toEqual({
      LEVEL: 'debug',
      PASSWORD: 'pass',
      NAMESPACE: 'shop',
      LABEL: 'web',
      IP: '127.0.0.1',
      MEMORY: '512Mi',
      URL: 'redis://:pass@$(HOST)$(X)',
    });
  });

  it('takes whole objects first and lets single entries win', () => {
    const env = resolve({
      envFrom: [
        { prefix: 'P_', configMapRef: { name: 'settings' } },
        { secretRef: { name: 'none', optional: true } },
      ],
      env: [{ name: 'P_log.level', value: 'info' }],
    });
    expect(env).toEqual({ 'P_log.level': 'info' });
  });

  it('leaves optional references out and refuses missing ones', () => {
    const ref = { name: 'settings', key: 'nothing' };
    expect(
      resolve({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { ...ref, optional: true } } }] }),
    ).toEqual({});
    expect(() => resolve({ env: [{ name: 'A', valueFrom: { configMapKeyRef: ref } }] })).toThrow(
      /settings.*nothing/,
    );
    expect(() => resolve({ envFrom: [{ secretRef: { name: 'gone' } }] })).toThrow(/gone/);
    expect(() => resolve({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.x' } } }] })).toThrow(
      /spec\.x/,
    );
  });
});

describe('expand', () => {
  it.each([
    ['$(A)-$(A)', '1-1'],
    ['$$(A)', '$(A)'],
    ['$(B)', '$(B)'],
    ['$A', '$A'],
  ])('%s becomes %s', (text, expected) => {
    expect(expand(text, { A: '1' })).toBe(expected);
  });
});
