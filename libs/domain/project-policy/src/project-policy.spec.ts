import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppProject, AppProjectSpec, ProjectDestination } from '@tiphys/model';
import {
  canonicalRepoUrl,
  globMatches,
  isDestinationPermitted,
  isResourcePermitted,
  isSourcePermitted,
  normalizeRepoUrl,
  violationsOf,
} from './index.ts';

const projectWith = (spec: AppProjectSpec): AppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'team' },
  spec,
});

describe('globMatches', () => {
  it.each([
    ['*', 'a/b', true],
    ['https://git.example.com/*', 'https://git.example.com/team/repo', true],
    ['team-?', 'team-a', true],
    ['team-?', 'team-ab', false],
    ['{dev,prod}-*', 'prod-eu', true],
    ['[a-c]1', 'b1', true],
    ['[!a-c]1', 'b1', false],
    ['a.b', 'axb', false],
    ['a\\*', 'a*', true],
    ['[', '[', true],
  ])('%s on %s is %s', (pattern, value, expected) => expect(globMatches(pattern, value)).toBe(expected));

  it('never throws and always matches a literal', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (pattern, value) => typeof globMatches(pattern, value) === 'boolean',
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => globMatches(text, text)));
  });
});

describe('isSourcePermitted', () => {
  const url = 'https://git.example.com/team/repo.git';
  it.each<[readonly string[], boolean]>([
    [['*'], true],
    [[], false],
    [['https://git.example.com/team/repo'], true],
    [['https://GIT.example.com/team/*'], true],
    [['https://git.example.com/*'], false],
    [['https://git.example.com/*/*'], true],
    [['https://git.example.com/**'], true],
    [['*', '!https://git.example.com/team/*'], false],
    [['*', '!https://git.example.com/**'], false],
    [['!https://git.example.com/other/*', '*'], true],
    [['!https://git.example.com/other/*'], true],
  ])('%j is %s', (sourceRepos, expected) =>
    expect(isSourcePermitted({ sourceRepos }, { repoURL: url })).toBe(expected),
  );

  it.each([
    'https://git.example.com/team/repo',
    'https://git.example.com/team/repo.git/',
    'https://git.example.com/team/repo/.git',
    'HTTPS://GIT.EXAMPLE.COM/Team/Repo',
    'https://somebody@git.example.com/team/repo',
    'https://git.example.com:443/team/repo',
    'https://git.example.com./team/repo',
    'https://git.example.com//team//repo',
    'https://git.example.com/other/../team/repo',
    'https://git.example.com/other/%2e%2e/team/repo',
    'https://git.example.com/team/%72epo',
    'https://git.example.com\\team\\repo',
    ' https://git.example.com/team/repo ',
  ])('sees a denied repository behind %j', (repoURL) => {
    expect(isSourcePermitted({ sourceRepos: ['*', '!https://git.example.com/team/repo'] }, { repoURL })).toBe(
      false,
    );
  });

  it('does not take what only looks like an allowed repository', () => {
    const project = { sourceRepos: ['https://git.example.com/team/**'] };
    for (const repoURL of [
      'https://git.example.com/team/../other/repo',
      'https://git.example.com/team/%2E%2E/other/repo',
      'https://git.example.com.evil.example/team/repo',
      'https://git.example.com@evil.example/team/repo',
      'http://git.example.com/team/repo',
    ])
      expect([repoURL, isSourcePermitted(project, { repoURL })]).toEqual([repoURL, false]);
  });

  it.each([
    ['git@github.com:org/Repo.git', 'ssh://git@github.com/org/repo'],
    ['https://x/y/', 'https://x/y'],
  ])('reads %s as %s', (from, to) => expect(normalizeRepoUrl(from)).toBe(to));

  it('spells a canonical address in one way only', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (text) => {
        const once = canonicalRepoUrl(text);
        return canonicalRepoUrl(once).length <= once.length;
      }),
    );
  });
});

describe('isDestinationPermitted', () => {
  const destination = { server: 'https://a', name: 'prod', namespace: 'web' };
  const permitted = (destinations: readonly ProjectDestination[], more: AppProjectSpec = {}) =>
    isDestinationPermitted(projectWith({ destinations, ...more }), destination);
  const all = { server: '*', namespace: '*' };
  it.each<[string, ProjectDestination[], boolean]>([
    ['by server and namespace', [{ server: 'https://a', namespace: 'web' }], true],
    ['by name', [{ name: 'prod', namespace: '*' }], true],
    ['by either of name and server', [{ name: 'prod', server: 'https://b', namespace: '*' }], true],
    ['by neither', [{ name: 'dev', server: 'https://b', namespace: '*' }], false],
    ['another namespace', [{ server: '*', namespace: 'api' }], false],
    ['no namespace named', [{ server: '*' }], false],
    ['nothing allowed', [], false],
    ['a denied namespace', [all, { server: '*', namespace: '!web' }], false],
    ['a denied namespace of another cluster', [all, { server: 'https://b', namespace: '!web' }], true],
    ['a denied namespace of a cluster by name', [all, { name: 'prod', namespace: '!web' }], false],
    ['a denied cluster', [all, { server: '!https://a', namespace: '*' }], false],
    ['a denied cluster for another namespace', [all, { server: '!https://a', namespace: 'api' }], true],
    ['a cluster denied by name', [all, { name: '!prod', namespace: 'x' }], false],
    ['a cluster denied by name in an allowing rule', [{ server: '*', name: '!prod', namespace: '*' }], false],
    ['both denied at once', [all, { server: '!https://a', namespace: '!web' }], false],
    ['all namespaces but one', [{ server: 'https://a', namespace: '!kube-system' }], true],
    ['all clusters but one', [{ server: '!https://b', namespace: 'web' }], true],
  ])('%s', (_name, rules, expected) => expect(permitted(rules)).toBe(expected));

  it.each<[string, string, boolean, boolean]>([
    ['a cluster of nobody', '', false, true],
    ['a cluster of nobody where only own ones are allowed', '', true, false],
    ['its own cluster', 'team', true, true],
    ['the cluster of another project', 'other', false, false],
  ])('%s', (_name, clusterProject, permitOnlyProjectScopedClusters, expected) =>
    expect(
      isDestinationPermitted(projectWith({ destinations: [all], permitOnlyProjectScopedClusters }), {
        ...destination,
        clusterProject,
      }),
    ).toBe(expected),
  );

  const rule: fc.Arbitrary<ProjectDestination> = fc.record({
    server: fc.constantFrom('*', 'https://a', 'https://b', '!https://b'),
    namespace: fc.constantFrom('*', 'web', 'api', '!api'),
  });
  it('lets a denial win wherever it stands and whatever else there is', () => {
    const deny = fc.constantFrom<ProjectDestination>(
      { server: '*', namespace: '!web' },
      { server: '!https://a', namespace: '*' },
      { name: '!prod', namespace: '*' },
    );
    fc.assert(
      fc.property(fc.array(rule), fc.array(rule), deny, (before, after, denial) => {
        expect(permitted([...before, denial, ...after])).toBe(false);
      }),
    );
  });

  it('does not depend on the order of the rules', () => {
    fc.assert(fc.property(fc.array(rule), (rules) => permitted(rules) === permitted([...rules].reverse())));
  });
});

describe('isResourcePermitted', () => {
  const configMap = { group: '', kind: 'ConfigMap', name: 'x', namespaced: true };
  const namespace = { group: '', kind: 'Namespace', name: 'team-a', namespaced: false };
  const everything = [{ group: '*', kind: '*' }];
  it.each<[string, AppProjectSpec, typeof configMap, boolean]>([
    ['namespaced kinds by default', {}, configMap, true],
    ['a denied kind', { namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] }, configMap, false],
    [
      'a kind of that name in another group',
      { namespaceResourceBlacklist: [{ group: 'example.com', kind: 'ConfigMap' }] },
      configMap,
      true,
    ],
    [
      'an allow list without it',
      { namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }] },
      configMap,
      false,
    ],
    ['an empty allow list', { namespaceResourceWhitelist: [] }, configMap, false],
    [
      'denied although allowed',
      { namespaceResourceWhitelist: everything, namespaceResourceBlacklist: everything },
      configMap,
      false,
    ],
    ['cluster kinds not by default', {}, namespace, false],
    ['cluster kinds on the list', { clusterResourceWhitelist: everything }, namespace, true],
    [
      'cluster kinds of another group',
      { clusterResourceWhitelist: [{ group: 'example.com', kind: 'Namespace' }] },
      namespace,
      false,
    ],
    [
      'cluster kinds by name',
      { clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'team-*' }] },
      namespace,
      true,
    ],
    [
      'cluster kinds by another name',
      { clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'x' }] },
      namespace,
      false,
    ],
    [
      'cluster kinds denied by name',
      {
        clusterResourceWhitelist: everything,
        clusterResourceBlacklist: [{ group: '', kind: 'Namespace', name: 'team-*' }],
      },
      namespace,
      false,
    ],
    [
      'the lists of namespaced kinds do not speak of cluster kinds',
      { clusterResourceWhitelist: everything, namespaceResourceBlacklist: everything },
      namespace,
      true,
    ],
  ])('%s', (_name, project, resource, expected) =>
    expect(isResourcePermitted(project, resource)).toBe(expected),
  );

  it('allows nothing of the cluster in an empty project, and any namespaced kind', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.boolean(), (group, kind, namespaced) => {
        expect(isResourcePermitted({}, { group, kind, name: 'x', namespaced })).toBe(namespaced);
      }),
    );
  });
});

it('names all that an empty project forbids of a spec', () => {
  const spec = {
    project: 'team',
    sources: [
      { repoURL: 'https://git/a', path: '.' },
      { repoURL: 'https://git/a', path: 'x' },
      { repoURL: 'https://git/b', path: '.' },
    ],
    destination: { name: 'prod', namespace: 'web' },
  };
  expect(
    violationsOf({ spec }, projectWith({}), { server: 'https://a', name: 'prod', namespace: 'web' }),
  ).toEqual([
    "application repo https://git/a is not permitted in project 'team'",
    "application repo https://git/b is not permitted in project 'team'",
    "application destination server 'prod' and namespace 'web' do not match any of the allowed destinations in project 'team'",
  ]);
});
