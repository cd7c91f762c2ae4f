import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { renderRequest, startRepoServer, type RunningRepoServer } from '../testing/running.ts';

let git: GitServer;
let server: RunningRepoServer;

beforeAll(async () => {
  git = await startGitServer();
  server = await startRepoServer();
});

afterAll(async () => {
  await server.close();
  await git.close();
});

const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {value: "${data}", big: 12345678901234567890}\n`;

const names = (objects: readonly JsonObject[]): readonly unknown[] =>
  objects.map((object) => (object['metadata'] as JsonObject)['name']);

const failure = (run: Promise<unknown>): Promise<Error & { code: string }> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error & { code: string }) => error,
  );

describe('a directory application', () => {
  it('comes from git through gRPC as objects', async () => {
    const sha = await git.createRepo('plain', {
      'app/b.yaml': configMap('b', '1'),
      'app/a.yaml': `${configMap('a', '1')}---\n${configMap('a2', '1')}`,
      'app/deep/c.yaml': configMap('c', '1'),
      'app/README.md': 'no manifest',
    });
    const result = await server.client.render(renderRequest(git.url('plain'), { path: 'app' }));
    expect(names(result.objects)).toEqual(['a', 'a2', 'b']);
    expect(result).toMatchObject({ revision: sha, sourceType: 'Directory', refRevisions: {} });
    expect((result.objects[0]?.['data'] as JsonObject)['big']).toBe(12345678901234567890n);
    const deep = await server.client.render(
      renderRequest(git.url('plain'), { path: 'app', directory: { recurse: true, exclude: 'a.yaml' } }),
    );
    expect(names(deep.objects)).toEqual(['b', 'c']);
  });

  it('sees a commit when it asks for a refresh, and renders only what changed', async () => {
    await git.createRepo('moving', { 'one/a.yaml': configMap('a', '1'), 'two/a.yaml': configMap('a', '1') });
    const render = (path: string, refreshRevision: boolean): ReturnType<typeof server.client.render> =>
      server.client.render(renderRequest(git.url('moving'), { path }, { refreshRevision }));
    const first = await render('one', true);
    const sha = await git.commit('moving', { 'two/a.yaml': configMap('a', '2') }, 'Change two');
    expect((await render('one', false)).revision).toBe(first.revision);
    const again = await render('one', true);
    expect(again).toMatchObject({ revision: sha, contentHash: first.contentHash });
    expect((await render('two', false)).contentHash).not.toBe(first.contentHash);
  });

  it('renders a given revision, whatever the branch says', async () => {
    const old = await git.createRepo('pinned', { 'a.yaml': configMap('old', '1') });
    await git.commit('pinned', { 'a.yaml': configMap('new', '1') }, 'New', { orphan: true });
    const result = await server.client.render(renderRequest(git.url('pinned'), {}, { revision: old }));
    expect(names(result.objects)).toEqual(['old']);
  });

  it('takes overrides from the repository', async () => {
    await git.createRepo('overridden', {
      'deep/a.yaml': configMap('a', '1'),
      '.argocd-source.yaml': 'directory: {recurse: true}',
      '.argocd-source-other.yaml': 'directory: {recurse: false}',
    });
    const url = git.url('overridden');
    expect(names((await server.client.render(renderRequest(url))).objects)).toEqual(['a']);
    const other = await server.client.render(renderRequest(url, {}, { appName: 'other' }));
    expect(other.objects).toEqual([]);
  });
});

describe('bad input gives a message to act on', () => {
  it.each([
    ['a branch', { targetRevision: 'nope' }, 'not-found', /unable to resolve 'nope' to a commit SHA/],
    ['a path', { path: 'nope' }, 'not-found', /spec\.source\.path nope does not exist/],
    ['a way out', { path: '../..' }, 'invalid', /leads out of the repository/],
    ['a file as path', { path: 'broken.yaml' }, 'invalid', /is not a directory/],
    ['YAML', {}, 'invalid', /broken\.yaml/],
    ['two tools', { helm: {}, kustomize: {} }, 'invalid', /settings for Kustomize and Helm/],
  ])('%s', async (_name, source, code, message) => {
    const repo = 'bad';
    if (git.requests.count({ repository: repo }) === 0) {
      await git.createRepo(repo, { 'broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n' });
    }
    const error = await failure(server.client.render(renderRequest(git.url(repo), source)));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(error.message).toContain('/bad.git');
    expect(error.message).not.toMatch(/\/tmp|\/work|\/root/);
  });

  it('heals by itself when the cause is gone', async () => {
    await git.createRepo('heals', { 'a.yaml': 'apiVersion: v1\nkind: [' });
    const render = (): ReturnType<typeof server.client.render> =>
      server.client.render(renderRequest(git.url('heals'), {}, { refreshRevision: true }));
    await failure(render());
    git.fault('heals', { kind: 'status', status: 503 });
    expect(await failure(render())).toMatchObject({ code: 'unavailable' });
    git.fault('heals', undefined);
    await git.commit('heals', { 'a.yaml': configMap('a', '1') }, 'Repair');
    expect(names((await render()).objects)).toEqual(['a']);
  });

  it('a repository that is not there', async () => {
    const error = await failure(server.client.render(renderRequest(git.url('nothing'))));
    expect(error).toMatchObject({ code: 'not-found' });
    expect(
      await failure(server.client.testRepository({ url: git.url('nothing'), type: 'git' })),
    ).toMatchObject({
      code: 'not-found',
    });
  });
});

describe('besides rendering', () => {
  it('resolves revisions, tells who made them and counts git requests', async () => {
    const sha = await git.createRepo('meta', { a: '1' });
    await git.tag('meta', 'v1', sha);
    const { source, repository } = renderRequest(git.url('meta'), { targetRevision: 'v1' });
    expect(await server.client.resolveRevision({ source, repository }, { refresh: true })).toBe(sha);
    expect(await server.client.revisionMetadata({ source, repository, revision: sha })).toMatchObject({
      author: 'Dev Eloper <dev@example.com>',
      message: 'Start',
      tags: ['v1'],
    });
    await server.client.testRepository(repository);
    const metrics = await (await fetch(`${server.metricsUrl}/metrics`)).text();
    expect(metrics).toContain(`argocd_git_request_total{repo="${git.url('meta')}",request_type="ls-remote"}`);
    expect(metrics).toMatch(/grpc_server_handled_total\{.*grpc_method="ResolveRevision",grpc_code="OK"\} 1/);
  });
});
