import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import { PolicyAccess } from './policy-access.ts';
import { allowsOnResource } from './resource-access.ts';
import type { Claims } from './claims.ts';

const user = (subject: string, groups: readonly string[] = []): Claims => ({
  subject,
  groups,
  issuer: 'argocd',
  issuedAt: 1,
  expiresAt: undefined,
  tokenId: 'x',
  capability: 'login',
});

function accessWith(csv: string): {
  readonly access: PolicyAccess;
  readonly set: (csv: string) => void;
  readonly logged: readonly unknown[];
} {
  const mapOf = (text: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-rbac-cm' },
    data: { 'policy.csv': text },
  });
  let current = mapOf(csv);
  const logged: unknown[] = [];
  const log = (message: string, fields?: unknown): void => void logged.push([message, fields]);
  const logger = { debug: log, info: log, warn: log, error: log } as unknown as Logger;
  const access = new PolicyAccess({
    configMap: () => current,
    dataOf: (map) => (map?.['data'] ?? {}) as Readonly<Record<string, string>>,
    readYaml: () => [],
    projectOf: () => undefined,
    projectChanges: () => 0,
    logger,
  });
  return { access, set: (text) => void (current = mapOf(text)), logged };
}

describe('access', () => {
  const may = (access: PolicyAccess): boolean => access.allows(user('ann'), 'applications', 'get', 'a/x');

  it('follows the config map, and is another version then', () => {
    const { access, set } = accessWith('');
    const before = access.version;
    expect(may(access)).toBe(false);
    expect(access.version).toBe(before);
    set('p, ann, applications, get, a/*, allow');
    expect(may(access)).toBe(true);
    expect(access.version).not.toBe(before);
  });

  it('keeps the last policy that can be read, and says once what is wrong', () => {
    const { access, set, logged } = accessWith('p, ann, applications, get, a/*, allow');
    expect(may(access)).toBe(true);
    set('nonsense');
    expect([may(access), may(access)]).toEqual([true, true]);
    expect(JSON.stringify(logged)).toContain('policy.csv, line 1');
    expect(logged).toHaveLength(1);
    set('');
    expect(may(access)).toBe(false);
  });

  it('has the built-in rules alone where the first policy cannot be read', () => {
    const { access } = accessWith('p, ann, applications, get, a/*, allow\nnonsense');
    expect(may(access)).toBe(false);
    expect(access.allows(user('admin'), 'applications', 'get', 'a/x')).toBe(true);
  });
});

describe('objects of an Application', () => {
  const { access } = accessWith(
    [
      'p, whole, applications, update, a/x, allow',
      'p, pods, applications, update//Pod/*, a/x, allow',
      'p, most, applications, update, a/x, allow',
      'p, most, applications, update/*, a/x, allow',
      'p, most, applications, update//Secret/*, a/x, deny',
    ].join('\n'),
  );
  const ask = (subject: string, kind: string, inherits: boolean): boolean =>
    allowsOnResource(access, user(subject), {
      verb: 'update',
      app: 'a/x',
      group: '',
      kind,
      namespace: 'web',
      name: 'one',
      inherits,
    });
  it.each([
    ['whole', 'Pod', false, false],
    ['whole', 'Pod', true, true],
    ['pods', 'Pod', false, true],
    ['pods', 'Secret', true, false],
    ['most', 'Pod', false, true],
    ['most', 'Secret', false, false],
    ['admin', 'Secret', false, true],
  ])('%s may change a %s, inherited %s: %s', (subject, kind, inherits, expected) =>
    expect(ask(subject, kind, inherits)).toBe(expected),
  );
});
