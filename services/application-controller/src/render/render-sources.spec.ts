import { describe, expect, it } from 'vitest';
import {
  TiphysError,
  type Application,
  type ApplicationSource,
  type AppProject,
  type Repository,
} from '@tiphys/model';
import type { RenderRequest, RepoServer, RenderResult } from '@tiphys/ports';
import { renderRequests, renderSources, type RenderOrder } from './render-sources.ts';

const url = 'https://git.example.com/shop.git';
const app: Application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'team' },
  spec: { project: 'default', destination: {} },
};
const project: AppProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default' },
  spec: { sourceRepos: ['https://git.example.com/*', 'https://charts.example.com'] },
};
const helm: Repository = { url: 'https://charts.example.com', type: 'helm' };

/** Renders every source to one object that says what was asked for; `broken` paths fail. */
function listener(): RepoServer & { readonly asked: RenderRequest[] } {
  const asked: RenderRequest[] = [];
  return {
    asked,
    render: (request) => {
      asked.push(request);
      const { path = '' } = request.source;
      if (path === 'broken') return Promise.reject(new TiphysError('not-found', 'app path does not exist'));
      return Promise.resolve({
        objects: [{ kind: 'ConfigMap', path }],
        contentHash: `hash of ${path}`,
        revision: request.revision ?? `tip of ${path}`,
        sourceType: 'Directory' as const,
        refRevisions: {},
      });
    },
    resolveRevision: () => Promise.resolve('resolved'),
    revisionMetadata: () => Promise.resolve({ author: '', date: '', message: '', tags: [] }),
    hasChanges: () => Promise.resolve(true),
    testRepository: () => Promise.resolve(),
    verifyRevision: ({ revision }) => Promise.resolve([`unsigned ${revision}`]),
  };
}

const orderOf = (sources: readonly ApplicationSource[], revisions?: readonly string[]): RenderOrder => ({
  app,
  project,
  sources,
  ...(revisions === undefined ? {} : { revisions }),
  destination: { server: 'https://kubernetes.default.svc', name: 'in-cluster', namespace: 'web' },
  kubeVersion: '1.36.3',
  apiVersions: ['v1'],
  refreshRevision: false,
  noCache: false,
});

const settings = {
  repositoryOf: ({ repoURL }: ApplicationSource): Repository => ({ url: repoURL, type: 'git' }),
  // The last one is of no concern to the project, so that its login is not lent either.
  helmRepositories: () => [helm, { url: 'https://secret.example.com', type: 'helm' as const }],
  options: { kustomizeBuildOptions: '--enable-helm' },
  instanceOf: () => 'team_shop',
  signatureOf: () => undefined,
};

describe('rendering the sources of an Application', () => {
  it('asks with all that a render follows from', async () => {
    const server = listener();
    await renderSources(server, orderOf([{ repoURL: url, path: 'web' }]), settings);
    expect(server.asked).toMatchObject([
      {
        appName: 'team_shop',
        appNamespace: 'team',
        project: 'default',
        repository: { url, type: 'git' },
        destinationNamespace: 'web',
        kubeVersion: '1.36.3',
        apiVersions: ['v1'],
        helmRepositories: [helm],
        options: { kustomizeBuildOptions: '--enable-helm' },
      },
    ]);
    expect(server.asked[0]).not.toHaveProperty('revision');
  });

  it('tells beforehand what it will ask', async () => {
    const server = listener();
    const order = orderOf([
      { repoURL: url, path: 'web', helm: { valueFiles: ['$values/web.yaml'] } },
      { repoURL: url, path: 'values', ref: 'values' },
    ]);
    await renderSources(server, order, settings);
    expect(renderRequests(order, settings)).toEqual(server.asked);
  });

  it('passes on the keys for encrypted files that the project allows', async () => {
    const server = listener();
    const annotations = { 'tiphys.dev/sops-keys': 'team.agekey' };
    const allowed = { ...project, metadata: { ...project.metadata, annotations } };
    const order = orderOf([{ repoURL: url, path: 'web' }]);
    await renderSources(server, order, settings);
    await renderSources(server, { ...order, project: allowed }, settings);
    expect(server.asked.map((request) => request.options.decryptionKeys)).toEqual([
      undefined,
      ['team.agekey'],
    ]);
  });

  it('joins several sources in their order, each at its revision', async () => {
    const server = listener();
    const sources = [
      { repoURL: url, path: 'one' },
      { repoURL: url, path: 'two' },
    ];
    expect(await renderSources(server, orderOf(sources, ['', 'abc']), settings)).toEqual({
      objects: [
        { kind: 'ConfigMap', path: 'one' },
        { kind: 'ConfigMap', path: 'two' },
      ],
      contentHash: 'hash of one\nhash of two',
      revisions: ['tip of one', 'abc'],
      sourceTypes: ['Directory', 'Directory'],
      integrity: [],
    });
  });

  it('only resolves a source that lends its files, and lends them to the others', async () => {
    const server = listener();
    const sources = [
      { repoURL: url, path: 'chart' },
      { repoURL: url, ref: 'values' },
    ];
    const rendered = await renderSources(server, orderOf(sources), settings);
    expect([rendered.revisions, rendered.sourceTypes]).toEqual([
      ['tip of chart', 'resolved'],
      ['Directory', ''],
    ]);
    expect(server.asked.map(({ refSources }) => Object.keys(refSources))).toEqual([['values']]);
  });

  it('tells what is not signed as demanded, of which source, and takes silence for a no', async () => {
    const demanding = { ...settings, signatureOf: () => ({ depth: 'head' as const, keys: ['A'] }) };
    const answering = (signatureProblems?: RenderResult['signatureProblems']): RepoServer => {
      const server = listener();
      const answer = signatureProblems === undefined ? {} : { signatureProblems };
      return { ...server, render: async (request) => ({ ...(await server.render(request)), ...answer }) };
    };
    const sources = [
      { repoURL: url, path: 'chart', name: 'chart' },
      { repoURL: url, ref: 'values' },
    ];
    const about = async (server: RepoServer, of: readonly ApplicationSource[]) =>
      (await renderSources(server, orderOf(of), demanding)).integrity;
    expect(await about(answering([]), sources.slice(0, 1))).toEqual([]);
    expect(await about(answering([{ ref: '', problem: 'no' }]), sources.slice(0, 1))).toEqual([
      'GIT/GPG: no',
    ]);
    const refused = [{ ref: 'values', problem: 'unsigned resolved' }];
    expect(await about(answering(refused), sources)).toEqual(['GIT/GPG: source 2 of 2: unsigned resolved']);
    expect(await about(answering([{ ref: '', problem: 'no' }]), sources)).toEqual([
      'GIT/GPG: source chart: no',
      'GIT/GPG: source 2 of 2: unsigned resolved',
    ]);
    expect(await about(answering(), sources.slice(0, 1))).toEqual([expect.stringContaining('did not look')]);
    expect((await renderSources(listener(), orderOf(sources), settings)).integrity).toEqual([]);
  });

  it('names the source that cannot be rendered', async () => {
    const sources = [
      { repoURL: url, path: 'one' },
      { repoURL: url, path: 'broken' },
    ];
    await expect(renderSources(listener(), orderOf(sources), settings)).rejects.toThrow(
      'failed to generate manifest for source 2 of 2: app path does not exist',
    );
  });

  it('asks nothing of a repository that the project does not permit', async () => {
    const server = listener();
    const order = orderOf([
      { repoURL: url, path: 'one' },
      { repoURL: 'https://elsewhere.example.com/x', path: 'two' },
    ]);
    await expect(renderSources(server, order, settings)).rejects.toThrow(
      "application repo https://elsewhere.example.com/x is not permitted in project 'default'",
    );
    expect(server.asked).toEqual([]);
  });
});
