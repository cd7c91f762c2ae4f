import { describe, expect, it } from 'vitest';
import type { Application, AppProject, AppProjectSpec } from '@tiphys/model';
import {
  impersonatedUser,
  isAccountName,
  isNamespaceListed,
  isSourceNamespacePermitted,
  mistakesInProject,
  selectorMatches,
  userOf,
  virtualProject,
  type LabelSelector,
} from './index.ts';

const project = (spec: AppProjectSpec, labels = {}): AppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'team', labels },
  spec,
});

describe('isNamespaceListed', () => {
  it.each<[string, string, boolean]>([
    ['team-*', 'team-a', true],
    ['team-*', 'x-team-a', false],
    ['/^team-[a-z]+$/', 'team-a', true],
    ['/^team-[a-z]+$/', 'team-1', false],
    ['/eam/', 'team', true],
    ['/(/', 'x', false],
    ['/(a+)+$/', 'aaaa', false],
    ['/^((dev|prod))*$/', 'dev', false],
    ['/^(dev|prod)-a$/', 'prod-a', true],
    ['//', '//', true],
  ])('%s on %s is %s', (pattern, namespace, expected) =>
    expect(isNamespaceListed([pattern], namespace)).toBe(expected),
  );

  it('lets projects take only the namespaces that they list, and always those of the control plane', () => {
    const own = project({ sourceNamespaces: ['team-*'] });
    const taken = (namespace: string) => isSourceNamespacePermitted(own, namespace, 'argocd');
    expect(['argocd', 'team-a', 'other'].map(taken)).toEqual([true, true, false]);
    expect(isSourceNamespacePermitted(project({}), 'team-a', 'argocd')).toBe(false);
  });
});

describe('virtualProject', () => {
  const globals = [{ projectName: 'base', labelSelector: { matchLabels: { tier: 'prod' } } }];
  const base: AppProject = {
    ...project({
      sourceRepos: ['https://git/base'],
      namespaceResourceWhitelist: [{ group: '', kind: 'ConfigMap' }],
      syncWindows: [{ kind: 'deny' }],
      roles: [{ name: 'admin' }],
      sourceNamespaces: ['x'],
      signatureKeys: [{ keyID: 'ABCDABCDABCDABCD' }],
    }),
    metadata: { name: 'base', labels: { tier: 'prod' } },
  };
  const find = (name: string) => (name === 'base' ? base : undefined);

  it('adds inherited lists after its own, and only those', () => {
    const own = project(
      { sourceRepos: ['https://git/own'], syncWindows: [{ kind: 'allow' }] },
      { tier: 'prod' },
    );
    expect(virtualProject(own, globals, find).spec).toEqual({
      sourceRepos: ['https://git/own', 'https://git/base'],
      syncWindows: [{ kind: 'allow' }, { kind: 'deny' }],
      namespaceResourceWhitelist: [{ group: '', kind: 'ConfigMap' }],
    });
  });

  it('leaves projects alone that do not match, that are the global one, or whose global one is gone', () => {
    const other = project({}, { tier: 'dev' });
    expect(virtualProject(other, globals, find)).toBe(other);
    expect(virtualProject(base, globals, find)).toBe(base);
    const own = project({}, { tier: 'prod' });
    expect(virtualProject(own, globals, () => undefined)).toBe(own);
  });

  it.each<[LabelSelector, boolean]>([
    [{}, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['dev', 'prod'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['prod'] }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'NotIn', values: ['prod'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'size', operator: 'Gt', values: ['4'] }] }, true],
    [{ matchExpressions: [{ key: 'size', operator: 'Lt', values: ['4'] }] }, false],
    [{ matchExpressions: [{ key: 'size', operator: 'Like', values: ['5'] }] }, false],
    [{ matchLabels: { tier: 'prod' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] }, false],
  ])('selects by %j: %s', (selector, expected) =>
    expect(selectorMatches(selector, { tier: 'prod', size: '5' })).toBe(expected),
  );
});

describe('impersonatedUser', () => {
  const asked = { server: 'https://a', writtenServer: 'https://a', namespace: 'web', appNamespace: 'argocd' };
  const user = (
    rules: NonNullable<AppProjectSpec['destinationServiceAccounts']>,
    question: Partial<typeof asked> = {},
  ) => impersonatedUser({ destinationServiceAccounts: rules }, { ...asked, ...question });

  it.each<[string, Parameters<typeof user>[0], string]>([
    [
      'the first rule that matches',
      [
        { server: 'https://b', namespace: '*', defaultServiceAccount: 'b' },
        { server: 'https://*', namespace: 'w*', defaultServiceAccount: 'first' },
        { server: '*', namespace: '*', defaultServiceAccount: 'second' },
      ],
      'system:serviceaccount:web:first',
    ],
    [
      'an account of another namespace',
      [{ server: '*', namespace: '*', defaultServiceAccount: 'ops:deployer' }],
      'system:serviceaccount:ops:deployer',
    ],
  ])('takes %s', (_name, rules, expected) => expect(user(rules)).toBe(expected));

  it('looks in the namespace of the Application where the destination names none', () => {
    const rules = [{ server: '*', namespace: '*', defaultServiceAccount: 'deployer' }];
    expect(user(rules, { namespace: '' })).toBe('system:serviceaccount:argocd:deployer');
  });

  it('says what no rule is for', () => {
    expect(() => user([])).toThrow(
      'no matching service account found for destination server https://a and namespace web',
    );
    expect(() => user([], { namespace: '' })).toThrow('and namespace argocd');
  });

  it.each(['', ' ', '*', 'a/b', '!a', 'a{b}', 'a:b:c', ':a', 'a:', 'system:masters:x', 'A', 'a\nb'])(
    'takes %j for no account',
    (account) => {
      expect(isAccountName(account)).toBe(false);
      expect(() => user([{ server: '*', namespace: '*', defaultServiceAccount: account }])).toThrow(
        `default service account contains invalid chars '${account}'`,
      );
    },
  );
});

describe('userOf', () => {
  const app = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web', namespace: 'argocd' },
    spec: { project: 'team', destination: { server: 'https://a', namespace: 'web' } },
  } satisfies Application;
  const ask = (account: string | undefined, enabled: boolean, enforced: boolean) =>
    userOf(
      app,
      { server: 'https://a', name: 'a', namespace: 'web' },
      {
        project: {
          destinationServiceAccounts:
            account === undefined
              ? []
              : [{ server: 'https://a', namespace: '*', defaultServiceAccount: account }],
        },
        impersonation: { enabled, enforced },
      },
    );

  it.each([
    ['off', ask('deployer', false, true), undefined],
    ['on', ask('deployer', true, true), 'system:serviceaccount:web:deployer'],
    ['on and no account is named, but that is not enforced', ask(undefined, true, false), undefined],
  ])('where impersonation is %s', (_name, user, expected) => expect(user).toBe(expected));

  it('refuses where no account is named, or one that is no name', () => {
    const message = 'failed to find a matching service account to impersonate: ';
    expect(() => ask(undefined, true, true)).toThrow(`${message}no matching service account`);
    expect(() => ask('a/b', true, false)).toThrow(`${message}default service account contains invalid`);
  });
});

describe('mistakesInProject', () => {
  const role = (policy: string) => project({ roles: [{ name: 'ci', policies: [policy] }] });
  it.each([
    'p, proj:team:ci, applications, sync, team/*, allow',
    'p, proj:team:ci, applications, action/apps/Deployment/restart, team/ns/web, deny',
    'p, proj:team:ci, logs, get, team/web, allow',
  ])('takes %s', (policy) => expect(mistakesInProject(role(policy))).toEqual([]));

  it.each([
    ['p, proj:team:ci, applications, sync, team/*', 'must be of the form'],
    ['g, proj:team:ci, applications, sync, team/*, allow', 'must be of the form'],
    ['p, proj:other:ci, applications, sync, team/*, allow', 'policy subject'],
    ['p, proj:team:ci, projects, get, team/*, allow', 'project resource'],
    ['p, proj:team:ci, applications, fly, team/*, allow', 'invalid action'],
    ['p, proj:team:ci, applications, sync, other/*, allow', 'object must be'],
    ['p, proj:team:ci, applications, sync, team/a/b/c, allow', 'object must be'],
    ['p, proj:team:ci, applications, sync, team/*, maybe', 'effect must be'],
  ])('refuses %s', (policy, why) => expect(mistakesInProject(role(policy)).join()).toContain(why));

  it.each<[string, AppProjectSpec]>([
    ["server has an invalid format, '!*'", { destinations: [{ server: '!*', namespace: 'x' }] }],
    ["namespace has an invalid format, '!*'", { destinations: [{ server: 'x', namespace: '!*' }] }],
    ["source repository has an invalid format, '!*'", { sourceRepos: ['!*'] }],
    ["source repository 'https://x' already added", { sourceRepos: ['https://x', 'https://x'] }],
    ["role 'a' already exists", { roles: [{ name: 'a' }, { name: 'a' }] }],
    ["invalid role name 'a b'", { roles: [{ name: 'a b' }] }],
    ["group 'a,b' is invalid", { roles: [{ name: 'a', groups: ['a,b'] }] }],
    [
      "token 't' of role 'a' is there twice",
      {
        roles: [
          {
            name: 'a',
            jwtTokens: [
              { iat: 1, id: 't' },
              { iat: 2, id: 't' },
            ],
          },
        ],
      },
    ],
    [
      'defaultServiceAccount has an invalid format',
      { destinationServiceAccounts: [{ server: '*', namespace: '*', defaultServiceAccount: 'a/b' }] },
    ],
    [
      'signatureKeys and sourceIntegrity must not be used together',
      {
        signatureKeys: [{ keyID: 'ABCDABCDABCDABCD' }],
        sourceIntegrity: { git: { policies: [{ repos: [{ url: '*' }], gpg: { mode: 'head', keys: [] } }] } },
      },
    ],
    [
      "gpg.mode 'all' is none of none, head, strict",
      { sourceIntegrity: { git: { policies: [{ repos: [{ url: '*' }], gpg: { mode: 'all', keys: [] } }] } } },
    ],
  ])('says: %s', (message, spec) => expect(mistakesInProject(project(spec)).join()).toContain(message));

  it('takes a group in quotes', () =>
    expect(mistakesInProject(project({ roles: [{ name: 'a', groups: ['"a, b"', 'c d'] }] }))).toEqual([]));
});
