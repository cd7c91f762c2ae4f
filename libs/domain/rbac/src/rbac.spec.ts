import { describe, expect, it } from 'vitest';
import type { AppProject } from '@tiphys/model';
import { Rbac, groupsIn, readRbacSettings } from './index.ts';
import type { Identity } from './index.ts';

const project = (name: string, roles: AppProject['spec']['roles']): AppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name },
  spec: { ...(roles ? { roles } : {}) },
});

const PROJECTS = [
  project('a', [
    {
      name: 'ci',
      policies: [
        'p, proj:a:ci, applications, sync, a/*, allow',
        'p, proj:a:ci, applications, sync, b/*, allow',
      ],
      groups: ['devs', '"ops, all"'],
    },
  ]),
  project('b', [{ name: 'ci', policies: ['p, proj:b:ci, applications, sync, b/*, allow'] }]),
  project('broken', [{ name: 'ci', policies: ['nonsense'], groups: ['devs'] }]),
];

function rbacOf(data: Readonly<Record<string, string>>): {
  readonly rbac: Rbac;
  readonly mistakes: string[];
} {
  const mistakes: string[] = [];
  const { settings } = readRbacSettings(data, (text) => JSON.parse(text) as unknown);
  const rbac = new Rbac({
    settings,
    projectOf: (name) => PROJECTS.find(({ metadata }) => metadata.name === name),
    onMistakes: (name, found) => void mistakes.push(...found.map((each) => `${name}: ${each}`)),
  });
  return { rbac, mistakes };
}

const user = (subject: string, ...groups: readonly string[]): Identity => ({ subject, groups });

describe('a decision', () => {
  const { rbac, mistakes } = rbacOf({
    'policy.csv':
      'p, alice, applications, get, a/*, deny\ng, team, role:readonly\np, plain, applications, sync, a/*, allow',
    'policy.b.csv': 'p, carol, applications, get, a/x, deny',
    'policy.a.csv': 'p, carol, applications, get, a/*, allow',
  });
  const may = (who: Identity | undefined, text: string): boolean => {
    const [resource = '', action = '', object = ''] = text.split(' ');
    return rbac.allows(who, { resource, action, object });
  };
  it.each<[string, Identity | undefined, string, boolean]>([
    ['nobody without a token', undefined, 'applications get a/x', false],
    ['a group of the policy', user('x', 'team'), 'applications get a/x', true],
    ['a group that is no member of anything', user('x', 'plain'), 'applications sync a/x', false],
    ['overlays', user('carol'), 'applications get a/y', true],
    ['a deny of an overlay', user('carol'), 'applications get a/x', false],
    ['a role of a project', user('proj:a:ci'), 'applications sync a/x', true],
    ['a role of a project sees it', user('proj:a:ci'), 'projects get a', true],
    [
      'a role of a project in another one, though its policy says so',
      user('proj:a:ci'),
      'applications sync b/x',
      false,
    ],
    ['a role of a project that is not there', user('proj:gone:ci'), 'applications sync gone/x', false],
    ['a group of a role', user('x', 'devs'), 'applications sync a/x', true],
    ['a group of a role in another project', user('x', 'devs'), 'applications sync b/x', false],
    ['a group with a comma', user('x', 'ops, all'), 'applications sync a/x', true],
    ['a project whose roles cannot be read', user('x', 'devs'), 'projects get broken', false],
    ['the built-in rules where roles cannot be read', user('admin'), 'projects get broken', true],
  ])('%s', (_name, who, text, expected) => expect(may(who, text)).toBe(expected));

  it('tells which project has roles that cannot be read', () => {
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain('broken: roles of project broken, line 2');
  });
});

describe('the default role', () => {
  const { rbac } = rbacOf({
    'policy.default': 'role:readonly',
    'policy.csv': 'p, alice, applications, get, a/*, deny',
  });
  const get = { resource: 'applications', action: 'get', object: 'a/x' };
  it('is that of callers without a token', () => {
    expect(rbac.allows(undefined, get)).toBe(true);
    expect(rbac.allows(undefined, { ...get, action: 'sync' })).toBe(false);
  });
  it('comes first: a user cannot be denied what it gives', () =>
    expect(rbac.allows(user('alice'), get)).toBe(true));
});

describe('settings', () => {
  const read = (data: Readonly<Record<string, string>>) =>
    readRbacSettings(data, (text) => JSON.parse(text) as unknown);
  it('with a mistake give the built-in rules alone', () => {
    const { settings, mistakes } = read({ 'policy.csv': 'g, x, role:admin', 'policy.x.csv': 'g, y' });
    expect(mistakes).toEqual([expect.stringContaining('policy.x.csv, line 1')]);
    const sync = { resource: 'applications', action: 'sync', object: 'a/b' };
    expect([settings.policy.allows('x', sync), settings.policy.allows('admin', sync)]).toEqual([false, true]);
  });
  it.each([
    [undefined, ['groups'], 0],
    ['["groups", "email"]', ['groups', 'email'], 0],
    ['{', ['groups'], 1],
    ['{"a":1}', ['groups'], 1],
  ])('take scopes from %s', (scopes, names, count) => {
    const { settings, mistakes } = read(scopes === undefined ? {} : { scopes });
    expect([settings.scopes, mistakes.length]).toEqual([names, count]);
  });
  it('keep the built-in roles in regular expressions', () => {
    const { settings } = read({ 'policy.matchMode': 'regex' });
    expect(
      settings.policy.allows('admin', { resource: 'applications', action: 'action/a/b/c', object: 'a/b' }),
    ).toBe(true);
    expect(
      settings.policy.allows('role:readonly', { resource: 'applications', action: 'sync', object: 'a/b' }),
    ).toBe(false);
  });
});

it('groups are texts or lists of texts', () => {
  expect(
    groupsIn({ groups: ['a', 1, 'b'], email: 'c', no: {} }, ['groups', 'email', 'no', '__proto__']),
  ).toEqual(['a', 'b', 'c']);
});
