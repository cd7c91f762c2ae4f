import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppProjectSpec } from '@tiphys/model';
import {
  globMatches,
  isDestinationPermitted,
  isResourcePermitted,
  isSourcePermitted,
  normalizeRepoUrl,
} from './index.ts';

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
  it.each([
    [['*'], true],
    [[], false],
    [['https://git.example.com/team/repo'], true],
    [['https://GIT.example.com/team/*'], true],
    [['*', '!https://git.example.com/team/*'], false],
    [['!https://git.example.com/other/*', '*'], true],
    [['!https://git.example.com/other/*'], false],
  ])('%j is %s', (sourceRepos, expected) =>
    expect(isSourcePermitted({ sourceRepos }, { repoURL: url })).toBe(expected),
  );

  it.each([
    ['git@github.com:org/Repo.git', 'ssh://git@github.com/org/repo'],
    ['https://x/y/', 'https://x/y'],
  ])('reads %s as %s', (from, to) => expect(normalizeRepoUrl(from)).toBe(to));
});

describe('isDestinationPermitted', () => {
  const destination = { server: 'https://a', name: 'prod', namespace: 'web' };
  const permitted = (destinations: NonNullable<AppProjectSpec['destinations']>) =>
    isDestinationPermitted({ destinations }, destination);
  it.each([
    ['by server and namespace', [{ server: 'https://a', namespace: 'web' }], true],
    ['by name', [{ name: 'prod', namespace: '*' }], true],
    ['another namespace', [{ server: '*', namespace: 'api' }], false],
    ['nothing allowed', [], false],
    [
      'a denied namespace',
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!web' },
      ],
      false,
    ],
    [
      'a denied namespace of another cluster',
      [
        { server: '*', namespace: '*' },
        { server: 'https://b', namespace: '!web' },
      ],
      true,
    ],
    [
      'a denied cluster',
      [
        { server: '*', namespace: '*' },
        { server: '!https://a', namespace: '*' },
      ],
      false,
    ],
    ['only a denial of others', [{ server: '*', namespace: '!kube-system' }], false],
  ])('%s', (_name, rules, expected) => expect(permitted(rules)).toBe(expected));
});

describe('isResourcePermitted', () => {
  const configMap = { group: '', kind: 'ConfigMap', name: 'x', namespaced: true };
  const namespace = { group: '', kind: 'Namespace', name: 'team-a', namespaced: false };
  it.each([
    ['namespaced kinds by default', {}, configMap, true],
    ['a denied kind', { namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] }, configMap, false],
    [
      'an allow list without it',
      { namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }] },
      configMap,
      false,
    ],
    ['an empty allow list', { namespaceResourceWhitelist: [] }, configMap, false],
    ['cluster kinds not by default', {}, namespace, false],
    ['cluster kinds on the list', { clusterResourceWhitelist: [{ group: '*', kind: '*' }] }, namespace, true],
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
      'cluster kinds denied after all',
      {
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        clusterResourceBlacklist: [{ group: '', kind: 'Namespace' }],
      },
      namespace,
      false,
    ],
  ])('%s', (_name, project: AppProjectSpec, resource, expected) =>
    expect(isResourcePermitted(project, resource)).toBe(expected),
  );
});
