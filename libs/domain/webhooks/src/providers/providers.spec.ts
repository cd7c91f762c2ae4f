import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providers, senderOf } from './index.ts';
import type { Headers, Reading } from './provider.ts';

type Sent = Readonly<Record<string, string>>;

const headersOf =
  (sent: Sent): Headers =>
  (name) =>
    sent[name];

const read = (sent: Sent, payload: unknown): Reading | undefined =>
  senderOf(headersOf(sent))?.read(payload, headersOf(sent));

const github = { 'x-github-event': 'push' };
const packages = { 'x-github-event': 'package' };
const gitlab = { 'x-gitlab-event': 'Push Hook' };
const cloud = { 'x-hook-uuid': 'u', 'x-event-key': 'repo:push' };
const server = { 'x-event-key': 'repo:refs_changed' };
const gogs = { 'x-gogs-event': 'push', 'x-github-event': 'push' };
const azure = { 'x-vss-activityid': 'a' };

const html = 'https://git.example.com/shop/web';
const commit = { added: ['web/a.yaml'], modified: ['web/b.yaml'], removed: ['old.yaml'] };
const files = ['web/a.yaml', 'web/b.yaml', 'old.yaml'];
const change = (more: object): object => ({
  kind: 'git',
  repoUrls: [html],
  revision: 'main',
  touchesHead: true,
  files,
  ...more,
});
const githubPush = (more: object = {}): object => ({
  ref: 'refs/heads/main',
  repository: { html_url: html, default_branch: 'main' },
  commits: [commit],
  ...more,
});

describe('a push', () => {
  it.each<[what: string, headers: Sent, payload: unknown, changes: readonly object[]]>([
    ['of GitHub', github, githubPush(), [change({})]],
    [
      'of a branch with slashes',
      github,
      githubPush({ ref: 'refs/heads/a/b' }),
      [change({ revision: 'a/b', touchesHead: false })],
    ],
    [
      'of a tag',
      github,
      githubPush({ ref: 'refs/tags/v1' }),
      [change({ revision: 'v1', touchesHead: false })],
    ],
    [
      'with force: files are not all told',
      github,
      githubPush({ forced: true }),
      [change({ files: undefined })],
    ],
    ['without commits', github, githubPush({ commits: [] }), [change({ files: undefined })]],
    ['with null for commits', github, githubPush({ commits: null }), [change({ files: undefined })]],
    [
      'of more commits than are listed',
      github,
      githubPush({ commits: Array.from({ length: 2_048 }, () => commit) }),
      [change({ files: undefined })],
    ],
    [
      'of GitLab',
      gitlab,
      {
        object_kind: 'push',
        ref: 'refs/heads/main',
        project: { web_url: html, default_branch: 'main' },
        commits: [commit],
      },
      [change({})],
    ],
    [
      'of GitLab, of which only the newest commits are listed',
      gitlab,
      {
        ref: 'refs/heads/main',
        project: { web_url: html, default_branch: 'main' },
        commits: [commit],
        total_commits_count: 21,
      },
      [change({ files: undefined })],
    ],
    [
      'of a tag of GitLab',
      { 'x-gitlab-event': 'Tag Push Hook' },
      { object_kind: 'tag_push', ref: 'refs/tags/v2', project: { web_url: html, default_branch: 'main' } },
      [change({ revision: 'v2', touchesHead: false, files: undefined })],
    ],
    [
      'of Bitbucket, with a branch that moved and one that is gone',
      cloud,
      {
        push: {
          changes: [
            { new: { name: 'main' }, old: null },
            { new: null, old: { name: 'gone' } },
          ],
        },
        repository: { links: { html: { href: html } } },
      },
      [change({ files: undefined }), change({ revision: 'gone', files: undefined })],
    ],
    [
      'of Bitbucket Server, with every address',
      server,
      {
        changes: [{ ref: { id: 'refs/heads/main' } }, { ref: { id: 'refs/tags/v1' } }],
        repository: {
          links: {
            clone: [
              { name: 'http', href: 'https://h/a.git' },
              { name: 'ssh', href: 'ssh://git@h:7999/a.git' },
            ],
          },
        },
      },
      ['main', 'v1'].map((revision) =>
        change({ repoUrls: ['https://h/a.git', 'ssh://git@h:7999/a.git'], revision, files: undefined }),
      ),
    ],
    ['of Gogs', gogs, githubPush(), [change({})]],
    [
      'of Gitea with more commits than are listed',
      gogs,
      githubPush({ total_commits: 9 }),
      [change({ files: undefined })],
    ],
    [
      'of Azure DevOps',
      azure,
      {
        eventType: 'git.push',
        resource: {
          refUpdates: [{ name: 'refs/heads/main' }],
          repository: { remoteUrl: html, defaultBranch: 'refs/heads/main' },
        },
      },
      [change({ files: undefined })],
    ],
    [
      'of a container package',
      packages,
      {
        action: 'published',
        package: {
          name: 'Charts',
          package_type: 'CONTAINER',
          owner: { login: 'Shop' },
          package_version: { container_metadata: { tag: { name: '1.2.0' } } },
        },
      },
      [{ kind: 'artifact', repository: 'ghcr.io/shop/charts', tag: '1.2.0' }],
    ],
  ])('%s', (_what, headers, payload, changes) => {
    expect(read(headers, payload)).toEqual({ type: 'changes', changes });
  });
});

describe('what is fine and about nothing', () => {
  it.each<[headers: Sent, payload: unknown]>([
    [{ 'x-github-event': 'ping' }, { zen: 'x' }],
    [{ 'x-event-key': 'diagnostics:ping' }, { test: true }],
    [packages, { action: 'published', package: {} }],
    [packages, { action: 'published', package: { package_type: 'npm', name: 'x', owner: { login: 'y' } } }],
  ])('%j', (headers, payload) => {
    expect(read(headers, payload)).toEqual({ type: 'ignored' });
  });
});

describe('what no provider sends (A41)', () => {
  it.each<[what: string, headers: Sent, payload: unknown]>([
    ['clone is not a list', server, { changes: [], repository: { links: { clone: 'https://h/a' } } }],
    ['clone is empty', server, { changes: [], repository: { links: { clone: [] } } }],
    ['no repository', gogs, { ref: 'refs/heads/main', commits: [], repository: null }],
    [
      'no updates of refs',
      azure,
      { eventType: 'git.push', resource: { refUpdates: [], repository: { remoteUrl: html } } },
    ],
    ['another event', azure, { eventType: 'workitem.created', resource: {} }],
    ['null', github, null],
    ['nothing', github, undefined],
    ['a list', github, [[], {}, null]],
    ['a commit that is null', github, githubPush({ commits: [null] })],
    ['files that are numbers', github, githubPush({ commits: [{ added: [1] }] })],
    ['a ref that is an object', gitlab, { ref: {}, project: { web_url: html } }],
    [
      'changes that are null',
      cloud,
      { push: { changes: [null] }, repository: { links: { html: { href: html } } } },
    ],
    ['an event that is not served', { 'x-github-event': 'issues' }, {}],
    ['an event of GitLab that is not served', { 'x-gitlab-event': 'Wiki Page Hook' }, {}],
    ['an event of Gogs that is not served', { 'x-gogs-event': 'create' }, {}],
    ['an event of Bitbucket that is not served', { 'x-hook-uuid': 'u', 'x-event-key': 'repo:fork' }, {}],
  ])('%s', (_what, headers, payload) => {
    expect(read(headers, payload)).toMatchObject({ type: 'refused' });
  });
});

describe('any payload', () => {
  const all: readonly Sent[] = [github, packages, gitlab, cloud, server, gogs, azure];
  it.each(all)('%j is read without throwing', (headers) => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        expect(['changes', 'ignored', 'refused']).toContain(read(headers, payload)?.type);
      }),
    );
  });

  it.each(all)('%j, made of a good one with one value replaced', (headers) => {
    const good: readonly unknown[] = [githubPush(), { changes: [{ ref: { id: 'refs/heads/a' } }] }];
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.string(), fc.jsonValue(), (payload, key, value) => {
        const broken = {
          ...(payload as object),
          [key]: value,
          repository: value,
          commits: value,
          resource: value,
        };
        expect(read(headers, broken)).toBeDefined();
      }),
    );
  });
});

describe('a sender', () => {
  it.each<[sent: Sent, name: string | undefined]>([
    [gogs, 'gogs'],
    [packages, 'ghcr'],
    [{ 'x-github-event': 'push', 'x-vss-activityid': 'a' }, 'azure-devops'],
    [cloud, 'bitbucket'],
    [server, 'bitbucket-server'],
    [{ 'content-type': 'application/json' }, undefined],
  ])('of %j is %s', (sent, name) => {
    expect(senderOf(headersOf(sent))?.name).toBe(name);
  });

  it('has a name of its own', () => {
    expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length);
  });
});
