import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Application, ApplicationSource } from '@tiphys/model';
import { candidatesFor, matchPlace } from './affected.ts';
import { keyOf, merged } from './change.ts';
import type { GitChange } from './change.ts';
import { repoKeys } from './repo-match.ts';
import { matchRevision } from './revision-match.ts';

const change = (more: Partial<GitChange> = {}): GitChange => ({
  kind: 'git',
  repoUrls: ['https://git.example.com/shop/web'],
  revision: 'main',
  touchesHead: true,
  files: undefined,
  ...more,
});

const app = (
  sources: ApplicationSource | readonly ApplicationSource[],
  paths?: string,
  more: object = {},
): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: {
    name: 'web',
    ...(paths === undefined ? {} : { annotations: { 'argocd.argoproj.io/manifest-generate-paths': paths } }),
  },
  spec: {
    project: 'default',
    destination: {},
    ...(Array.isArray(sources) ? { sources } : { source: sources as ApplicationSource }),
    ...more,
  },
});

const asks = (one: Application, of: Parameters<typeof candidatesFor>[1]): readonly string[] =>
  candidatesFor(one, of).map(({ ask }) => ask);

describe('the repository of a change', () => {
  const web = 'https://git.example.com/shop/web';
  it.each<[told: string, spelled: string, same: boolean]>([
    [web, 'https://git.example.com/shop/web', true],
    [web, 'https://git.example.com/shop/web.git', true],
    [web, 'HTTPS://Git.Example.com/Shop/Web', true],
    [web, 'https://git.example.com/shop/web/', true],
    [web, 'https://user@git.example.com/shop/web.git', true],
    [web, 'https://user:word@git.example.com/shop/web.git', true],
    [web, 'https://git.example.com:8443/shop/web.git', true],
    [web, 'git@git.example.com:shop/web.git', true],
    [web, 'git.example.com:shop/web', true],
    [web, 'ssh://git@git.example.com/shop/web.git', true],
    [web, 'ssh://git@git.example.com:2222/shop/web.git', true],
    [web, 'ssh://git@ssh.git.example.com/shop/web.git', true],
    [web, 'ssh://git@altssh.git.example.com:443/shop/web', true],
    ['https://git.example.com:3000/shop/web', 'git@git.example.com:2222/shop/web.git', true],
    ['https://org@dev.azure.com/org/p/_git/r', 'https://dev.azure.com/org/p/_git/r', true],
    ['https://org@dev.azure.com/org/p/_git/r', 'git@ssh.dev.azure.com:v3/org/p/r', true],
    ['ssh://git@h:7999/a/b.git', 'https://h/a/b', true],
    [web, 'https://git.example.com/shop/web2', false],
    [web, 'https://git.example.com/other/web', false],
    [web, 'https://git.example.com.evil.example/shop/web', false],
    [web, 'https://evil.example/git.example.com/shop/web', false],
    [web, 'https://evil.example/?https://git.example.com/shop/web', false],
    [web, 'https://git.example.com/shop/web/sub', false],
    [web, 'oci://git.example.com/shop/webs', false],
    [web, '', false],
  ])('%s is %s: %s', (told, spelled, same) => {
    const found = asks(app({ repoURL: spelled, targetRevision: 'main' }), change({ repoUrls: [told] }));
    expect(found).toEqual(same ? ['refresh'] : []);
  });

  it('is read of any text in no time', () => {
    fc.assert(fc.property(fc.string(), (url) => Array.isArray(repoKeys(url))));
    const begun = performance.now();
    repoKeys(`${'@'.repeat(50_000)}:${'/'.repeat(50_000)}`);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('the revision of a change', () => {
  it.each<
    [target: string, revision: string, touchesHead: boolean, expected: ReturnType<typeof matchRevision>]
  >([
    ['main', 'main', true, 'yes'],
    ['refs/heads/main', 'main', false, 'yes'],
    ['refs/tags/v1', 'v1', false, 'yes'],
    ['', 'main', true, 'yes'],
    ['HEAD', 'main', true, 'yes'],
    ['HEAD', 'feature', false, 'no'],
    ['feature', 'main', true, 'no'],
    ['0123456789abcdef0123456789abcdef01234567', 'main', true, 'no'],
    ['1.x', 'v1.2.3', false, { constraint: '1.x', version: 'v1.2.3' }],
    ['>=1.0', '1.2.0', false, { constraint: '>=1.0', version: '1.2.0' }],
    ['>=1.0', 'main', true, 'no'],
    ['main', 'v1.0.0', false, 'no'],
  ])('%s follows %s (head: %s): %j', (targetRevision, revision, touchesHead, expected) => {
    expect(matchRevision({ targetRevision }, { revision, touchesHead })).toEqual(expected);
  });

  it('may have a prefix of tags', () => {
    const target = { targetRevision: '1.*', tagPrefix: 'web-' };
    const told = (revision: string) => matchRevision(target, { revision, touchesHead: false });
    expect(told('web-1.2.0')).toEqual({ constraint: '1.*', version: '1.2.0' });
    expect(told('db-1.2.0')).toBe('no');
  });
});

describe('the files of a change', () => {
  const repoURL = 'https://git.example.com/shop/web';
  it.each<[paths: string | undefined, files: readonly string[] | undefined, asked: boolean]>([
    [undefined, ['other/x'], true],
    ['', ['other/x'], true],
    ['.', ['web/a.yaml'], true],
    ['.', ['web2/a.yaml'], false],
    ['.;/shared', ['shared/x'], true],
    ['/shared', ['web/a.yaml'], false],
    ['../lib', ['lib/x'], true],
    ['/charts/*.yaml', ['charts/a.yaml'], true],
    ['.', undefined, true],
  ])('paths %s, files %j: %s', (paths, files, asked) => {
    const source = { repoURL, path: 'web', targetRevision: 'main' };
    expect(asks(app(source, paths), change({ files })).length > 0).toBe(asked);
  });

  it('count for each of several sources', () => {
    const sources = [
      { repoURL: 'https://git.example.com/other', path: 'x', targetRevision: 'main' },
      { repoURL, path: 'db', targetRevision: 'main' },
    ];
    expect(asks(app(sources, '.'), change({ files: ['db/a.yaml'] }))).toEqual(['refresh']);
    expect(asks(app(sources, '.'), change({ files: ['web/a.yaml'] }))).toEqual([]);
  });
});

describe('a hydrated Application', () => {
  const sourceHydrator = {
    drySource: { repoURL: 'https://git.example.com/shop/web', path: 'web', targetRevision: 'main' },
    syncSource: { targetBranch: 'env/prod', path: 'web' },
  };
  const hydrated = app({ repoURL: '' }, undefined, { source: undefined, sourceHydrator });
  it('is hydrated by its dry source and refreshed by the branch that it syncs from', () => {
    expect(asks(hydrated, change())).toEqual(['hydrate']);
    expect(asks(hydrated, change({ revision: 'env/prod', touchesHead: false }))).toEqual(['refresh']);
  });
});

describe('an artifact', () => {
  const artifact = { kind: 'artifact', repository: 'ghcr.io/shop/charts/web', tag: '1.2.0' } as const;
  it.each<[source: ApplicationSource, matches: readonly unknown[]]>([
    [{ repoURL: 'oci://ghcr.io/shop/charts/web', targetRevision: '1.2.0' }, ['yes']],
    [{ repoURL: 'ghcr.io/shop/charts', chart: 'web', targetRevision: '1.2.0' }, ['yes']],
    [
      { repoURL: 'oci://ghcr.io/Shop/charts/web', targetRevision: '1.x' },
      [{ constraint: '1.x', version: '1.2.0' }],
    ],
    [
      { repoURL: 'oci://ghcr.io/shop/charts/web', targetRevision: '1.1.0' },
      [{ constraint: '1.1.0', version: '1.2.0' }],
    ],
    [{ repoURL: 'oci://ghcr.io/shop/charts/db', targetRevision: '1.2.0' }, []],
  ])('%j', (source, matches) => {
    expect(candidatesFor(app(source), artifact).map(({ match }) => match)).toEqual(matches);
  });
});

describe('changes that wait', () => {
  it('become one, with the files of both', () => {
    const both = merged(change({ files: ['a'], touchesHead: false }), change({ files: ['b', 'a'] }));
    expect(both).toEqual(change({ files: ['a', 'b'] }));
    expect(merged(change({ files: ['a'] }), change())).toEqual(change());
  });

  it('are the same for the same branch only', () => {
    expect(keyOf(change({ files: ['a'] }))).toBe(keyOf(change()));
    expect(keyOf(change({ revision: 'x' }))).not.toBe(keyOf(change()));
  });

  it('have any file that one of them has', () => {
    const files = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(files, files, (left, right) => {
        const both = merged(change({ files: left }), change({ files: right }));
        expect(new Set(both.kind === 'git' ? both.files : [])).toEqual(new Set([...left, ...right]));
      }),
    );
  });
});

describe('the place of a generator', () => {
  it('follows by repository and revision', () => {
    const place = { repoURL: 'git@git.example.com:shop/web.git', targetRevision: 'HEAD' };
    expect(matchPlace(place, change())).toBe('yes');
    expect(matchPlace({ ...place, repoURL: 'https://other/x' }, change())).toBe('no');
  });
});
