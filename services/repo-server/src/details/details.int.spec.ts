import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationSource } from '@tiphys/model';
import type { AppDetails, DetailsRequest } from '@tiphys/ports';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { packChart, startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { startOciRegistry, type OciRegistry } from '@tiphys/testing/oci-registry';
import { ensureTools } from '@tiphys/toolchain';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { startRepoServer, type RunningRepoServer } from '../testing/running.ts';

const VALUES = 'replicas: 1\nimage: example.com/web:1.0\nextra:\n  key: value\nflag: true\nlist: [a, b]\n';
const POD = [
  'apiVersion: v1',
  'kind: Pod',
  'metadata: { name: web }',
  'spec:',
  '  initContainers: [{ name: first, image: "example.com/init:2" }]',
  '  containers: [{ name: main, image: "example.com/web:1.0" }]',
  '',
].join('\n');

let git: GitServer;
let charts: HelmRepo;
let registry: OciRegistry;
let server: RunningRepoServer;

beforeAll(async () => {
  const tools = await ensureTools(['helm', 'kustomize', 'jsonnet']);
  [git, charts, registry] = await Promise.all([startGitServer(), startHelmRepo(), startOciRegistry()]);
  server = await startRepoServer([
    `--helm=${tools.get('helm') ?? ''}`,
    `--kustomize=${tools.get('kustomize') ?? ''}`,
    `--jsonnet=${tools.get('jsonnet') ?? ''}`,
    `--go-wasm=${await ensureGoWasm()}`,
  ]);
  const sha = await git.createRepo('apps', {
    'web/deployment.yaml': POD,
    'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
    'chart/values.yaml': VALUES,
    'chart/values-prod.yaml': 'replicas: 3\n',
    'kust/kustomization.yaml': 'resources: [pod.yaml]\n',
    'kust/pod.yaml': POD,
    'secret/values.yaml': 'password: outside\n',
  });
  await git.tag('apps', 'v1.0.0', sha);
  await git.branch('apps', 'next', sha);
});

afterAll(async () => {
  await server.close();
  await Promise.all([git.close(), charts.close(), registry.stop()]);
});

const asked = (source: Partial<ApplicationSource>, more: Partial<DetailsRequest> = {}): DetailsRequest => ({
  source: { repoURL: git.url('apps'), targetRevision: 'main', ...source },
  repository: { url: git.url('apps'), type: 'git' },
  appName: '',
  refSources: {},
  options: {},
  ...more,
});

const details = (source: Partial<ApplicationSource>, more?: Partial<DetailsRequest>): Promise<AppDetails> =>
  server.client.appDetails(asked(source, more));

describe('what a repository offers', () => {
  it('is branches and tags of git', async () => {
    expect(await server.client.listRefs({ url: git.url('apps'), type: 'git' })).toEqual({
      branches: ['main', 'next'],
      tags: ['v1.0.0'],
    });
  });

  it('is tags of an artifact', async () => {
    const data = await packChart('chart', '0.1.0', {});
    const layer = { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', data };
    await registry.push({ name: 'charts/chart', tag: '0.1.0', layers: [layer] });
    const url = `oci://${registry.host}/charts/chart`;
    const repository = { url, type: 'oci', insecureOciForceHttp: true } as const;
    expect(await server.client.listRefs(repository)).toEqual({ branches: [], tags: ['0.1.0'] });
  });

  it('is charts and their versions', async () => {
    await charts.publish({ name: 'web', version: '0.1.0', files: { 'values.yaml': VALUES } });
    const repository = { url: charts.url, type: 'helm' } as const;
    expect(await server.client.listCharts(repository)).toEqual([{ name: 'web', versions: ['0.1.0'] }]);
    const found = await details(
      { repoURL: charts.url, chart: 'web', targetRevision: '0.1.0' },
      { repository },
    );
    expect(found).toMatchObject({
      sourceType: 'Helm',
      helm: { valueFiles: ['values.yaml'], values: VALUES },
    });
    await expect(server.client.listCharts({ ...repository, type: 'git' })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('is the directories that a tool is made for', async () => {
    expect(await server.client.listApps(asked({}))).toEqual({ chart: 'Helm', kust: 'Kustomize' });
  });
});

describe('the details of a source', () => {
  it('are the values of a chart, overlaid with the value files that the source names', async () => {
    const plain = await details({ path: 'chart' });
    expect(plain).toEqual({
      sourceType: 'Helm',
      helm: {
        valueFiles: ['values-prod.yaml', 'values.yaml'],
        values: VALUES,
        parameters: {
          replicas: '1',
          image: 'example.com/web:1.0',
          'extra.key': 'value',
          flag: 'true',
          'list[0]': 'a',
          'list[1]': 'b',
        },
      },
    });
    const prod = await details({ path: 'chart', helm: { valueFiles: ['values-prod.yaml'] } });
    expect(prod.helm?.parameters['replicas']).toBe('3');
    const source = { repoURL: git.url('apps'), ref: 'values' };
    const refSources = { values: { source, repository: { url: git.url('apps'), type: 'git' as const } } };
    const other = await details(
      { path: 'chart', helm: { valueFiles: ['$values/secret/values.yaml'] } },
      { refSources },
    );
    expect(other.helm?.parameters['password']).toBe('outside');
  });

  it('are the images of a kustomization, and nothing of plain files', async () => {
    expect(await details({ path: 'kust' })).toEqual({
      sourceType: 'Kustomize',
      kustomize: { images: ['example.com/init:2', 'example.com/web:1.0'] },
    });
    expect(await details({ path: 'web' })).toEqual({ sourceType: 'Directory' });
  });

  it('are refused for a path that is not there', async () => {
    await expect(details({ path: 'nope' })).rejects.toThrow('nope: app path does not exist');
  });

  it.each([
    ['an absolute path out of the repository', '/../../etc/passwd'],
    ['dots', '../../../etc/passwd'],
    ['a ref that no source has', '$other/values.yaml'],
  ])('never read outside: %s (A13, A14, A16)', async (_what, name) => {
    await expect(details({ path: 'chart', helm: { valueFiles: [name] } })).rejects.not.toThrow(/root:/);
  });

  it('never follow a committed link out of the repository (A16)', async () => {
    await git.createRepo('links', {
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
      'chart/values.yaml': { symlink: '/etc/passwd' },
    });
    const url = git.url('links');
    await expect(
      details({ repoURL: url, path: 'chart' }, { repository: { url, type: 'git' } }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('what generators read of a repository', () => {
  const at = (revision = 'main') => ({
    source: { repoURL: git.url('apps'), targetRevision: revision },
    repository: { url: git.url('apps'), type: 'git' } as const,
  });

  it('is its directories, but hidden ones', async () => {
    await git.createRepo('tree', {
      'a/b/x.yaml': 'x',
      '.hidden/x.yaml': 'x',
      'a/.git-hooks/y': 'y',
      'top.yaml': 't',
    });
    const source = { ...at(), source: { repoURL: git.url('tree'), targetRevision: 'main' } };
    const repository = { url: git.url('tree'), type: 'git' } as const;
    expect(await server.client.listDirectories({ ...source, repository })).toEqual(['a', 'a/b']);
  });

  it.each<[patterns: readonly string[], doublestar: boolean, files: readonly string[]]>([
    [['*/values.yaml'], false, ['chart/values.yaml', 'secret/values.yaml']],
    [['kust*.yaml'], false, ['kust/kustomization.yaml', 'kust/pod.yaml']],
    [['kust*.yaml'], true, []],
    [['**/pod.yaml', 'chart/Chart.yaml'], true, ['chart/Chart.yaml', 'kust/pod.yaml']],
    [['nope'], false, []],
  ])('is the files that %j names (doublestar: %s)', async (patterns, doublestar, files) => {
    const found = await server.client.readFiles({ ...at(), patterns, doublestar });
    expect(Object.keys(found).sort()).toEqual(files);
    if (files.includes('secret/values.yaml')) expect(found['secret/values.yaml']).toBe('password: outside\n');
  });

  it.each<[ask: () => Promise<unknown>, why: string]>([
    [
      () => server.client.readFiles({ ...at(), patterns: ['['], doublestar: false }),
      "'[' is no pattern of files",
    ],
    [() => server.client.readFiles({ ...at('nosuch'), patterns: ['*'], doublestar: false }), 'nosuch'],
    [
      () =>
        server.client.listDirectories({
          ...at(),
          repository: { url: 'https://charts.example.com', type: 'helm' },
        }),
      'only a git repository has directories',
    ],
  ])('%#: fails with its reason', async (ask, why) => {
    await expect(ask()).rejects.toThrow(why);
  });
});
