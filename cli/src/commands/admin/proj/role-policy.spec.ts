import { describe, expect, it } from 'vitest';
import type { AppProject } from '@tiphys/model';
import { changeOf, withRolePolicies } from './role-policy.ts';

const project = (policies: readonly string[]): AppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'shop' },
  spec: { roles: [{ name: 'ci', policies }, { name: 'dev' }] },
});

const set = {
  action: 'sync',
  resource: 'applications',
  scope: '*',
  permission: 'allow',
  role: 'ci',
};
const policy = 'p, proj:shop:ci, applications, sync, shop/*, allow';
const other = 'p, proj:shop:ci, applications, get, shop/*, allow';
const after = (before: readonly string[], change: Parameters<typeof withRolePolicies>[1]) =>
  withRolePolicies(project(before), change).spec.roles?.[0]?.policies;

describe('a policy of roles', () => {
  it.each([
    ['is added', [other], [other, policy]],
    ['stays', [policy, other], [policy, other]],
    [
      'is replaced where it stands',
      ['p,proj:shop:ci,applications,sync,shop/web,deny', other],
      [policy, other],
    ],
    ['is there once', [policy, other, policy.replace('allow', 'deny')], [policy, other]],
  ])('%s', (_case, before, expected) => {
    expect(after(before, changeOf('set', set))).toEqual(expected);
  });

  it('is removed whatever its scope', () => {
    expect(after([other, policy.replace('/*', '/web')], changeOf('remove', { ...set, scope: '' }))).toEqual([
      other,
    ]);
  });

  it('is that of all roles with a matching name', () => {
    const { roles } = withRolePolicies(project([]), changeOf('set', { ...set, role: '*' })).spec;
    expect(roles?.map(({ policies }) => policies)).toEqual([[policy], [policy.replace(':ci', ':dev')]]);
  });

  it('leaves a project alone in which nothing changes', () => {
    const same = project([policy]);
    expect(withRolePolicies(same, changeOf('set', set))).toBe(same);
    expect(withRolePolicies(same, changeOf('remove', { ...set, role: 'nobody' }))).toBe(same);
  });

  it.each([
    ['add', set, 'add is no modification'],
    ['set', { ...set, permission: 'perhaps' }, '--permission allow'],
    ['set', { ...set, scope: '' }, '--scope'],
    ['remove', { ...set, resource: '' }, '--resource'],
  ])('%s %j is refused', (modification, rest, message) => {
    expect(() => changeOf(modification, rest)).toThrow(message);
  });
});
