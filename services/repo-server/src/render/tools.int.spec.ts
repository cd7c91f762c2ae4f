import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueAt, type JsonObject, type Repository } from '@tiphys/model';
import type { RenderRequest, RenderResult } from '@tiphys/ports';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { packChart, startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { startOciRegistry, type OciRegistry } from '@tiphys/testing/oci-registry';
import { ensureTools } from '@tiphys/toolchain';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { renderRequest, startRepoServer, type RunningRepoServer } from '../testing/running.ts';

let git: GitServer;
let charts: HelmRepo;
let registry: OciRegistry;
let server: RunningRepoServer;

beforeAll(async () => {
  const tools = await ensureTools(['helm', 'kustomize', 'jsonnet']);
  const wasm = await ensureGoWasm();
  [git, charts, registry] = await Promise.all([startGitServer(), startHelmRepo(), startOciRegistry()]);
  server = await startRepoServer([
    `--helm=${tools.get('helm') ?? ''}`,
    `--kustomize=${tools.get('kustomize') ?? ''}`,
    `--jsonnet=${tools.get('jsonnet') ?? ''}`,
    `--go-wasm=${wasm}`,
  ]);
});

afterAll(async () => {
  await server.close();
  await Promise.all([git.close(), charts.close(), registry.stop()]);
});

const configMap = (name: string, data = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${data}"\n`;

const TEMPLATE =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n' +
  'data:\n  a: {{ .Values.a | quote }}\n  b: {{ .Values.b | default "none" | quote }}\n' +
  '  kube: {{ .Capabilities.KubeVersion.Version }}\n';

const chart = (more: Record<string, string> = {}): Record<string, string> => ({
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'web/values.yaml': 'a: chart\n',
  'web/templates/cm.yaml': TEMPLATE,
  ...more,
});

const render = (request: RenderRequest): Promise<RenderResult> => server.client.render(request);

const summary = (result: RenderResult): unknown =>
  result.objects.map((object) => ({
    name: valueAt(object, 'metadata', 'name'),
    data: object['data'],
  }));

const failure = (run: Promise<unknown>): Promise<Error & { code: string }> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error & { code: string }) => error,
  );

/** Renders that were really done, not taken from a cache. */
async function rendersDone(): Promise<number> {
  const text = await (await fetch(`${server.metricsUrl}/metrics`)).text();
  const name = 'argocd_repo_parallelism_wait_duration_seconds_count';
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
}

describe('Helm from git', () => {
  it('takes values from the chart, from beside it, from the Application and from another source', async () => {
    await git.createRepo('helm', { ...chart(), 'shared/b.yaml': 'b: shared\n' });
    const values = await git.createRepo('values', { 'envs/prod.yaml': 'a: prod\n', 'other.yaml': 'x: 1\n' });
    const url = git.url('helm');
    const plain = await render(renderRequest(url, { path: 'web' }));
    expect(plain.sourceType).toBe('Helm');
    expect(summary(plain)).toEqual([{ name: 'demo', data: { a: 'chart', b: 'none', kube: 'v1.36.3' } }]);
    const helm = { valueFiles: ['/shared/*.yaml', '$values/envs/prod.yaml'], releaseName: 'named' };
    const valuesUrl = git.url('values');
    const rich = await render(
      renderRequest(
        url,
        { path: 'web', helm },
        {
          refSources: {
            values: {
              source: { repoURL: valuesUrl, ref: 'values' },
              repository: { url: valuesUrl, type: 'git' },
            },
          },
        },
      ),
    );
    expect(summary(rich)).toEqual([{ name: 'named', data: { a: 'prod', b: 'shared', kube: 'v1.36.3' } }]);
    expect(rich.refRevisions).toEqual({ values });
  });

  it('renders again only for what the chart can see', async () => {
    await git.createRepo('helm-cache', { ...chart(), 'web-b/a.yaml': configMap('b') });
    const url = git.url('helm-cache');
    const again = (rest: Partial<RenderRequest> = {}): Promise<RenderResult> =>
      render(renderRequest(url, { path: 'web' }, { refreshRevision: true, ...rest }));
    const first = await again();
    const before = await rendersDone();
    const sha = await git.commit('helm-cache', { 'web-b/a.yaml': configMap('b', '2') }, 'Elsewhere');
    expect(await again()).toMatchObject({ revision: sha, contentHash: first.contentHash });
    await again({ project: 'other', destinationServer: 'https://elsewhere' });
    expect(await rendersDone()).toBe(before);
    await again({ kubeVersion: '1.30.0' });
    await again({ destinationNamespace: 'other' });
    expect(await rendersDone()).toBe(before + 2);
    await again({ noCache: true });
    expect(await rendersDone()).toBe(before + 3);
  });

  it('tells which value file is missing and which template fails', async () => {
    await git.createRepo(
      'helm-bad',
      chart({
        'bad/Chart.yaml': 'apiVersion: v2\nname: bad\nversion: 0.1.0\n',
        'bad/templates/x.yaml': '{{ fail "no luck" }}',
      }),
    );
    const url = git.url('helm-bad');
    const missing = await failure(
      render(renderRequest(url, { path: 'web', helm: { valueFiles: ['nope.yaml'] } })),
    );
    expect(missing).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nope.yaml') as string,
    });
    const outside = renderRequest(url, { path: 'web', helm: { valueFiles: ['../../../etc/passwd'] } });
    expect(await failure(render(outside))).toMatchObject({ code: 'invalid' });
    const failed = await failure(render(renderRequest(url, { path: 'bad' })));
    expect(failed.message).toMatch(/no luck/);
    expect(failed.message).not.toMatch(/\/tmp\//);
    const ignored = { valueFiles: ['nope.yaml'], ignoreMissingValueFiles: true };
    expect((await render(renderRequest(url, { path: 'web', helm: ignored }))).objects.length).toBe(1);
  });

  it('follows links inside the repository, and charts beside the chart', async () => {
    await git.createRepo('helm-links', {
      ...chart({
        'web/Chart.yaml':
          'apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies:\n- {name: lib, version: 0.1.0, repository: "file://../lib"}\n',
      }),
      'lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 0.1.0\n',
      'lib/templates/lib.yaml': configMap('from-lib'),
    });
    await git.commit(
      'helm-links',
      { 'web/linked.yaml': { symlink: '../lib/values-b.yaml' }, 'lib/values-b.yaml': 'b: linked\n' },
      'Link',
    );
    const helm = { valueFiles: ['linked.yaml'] };
    const result = await render(renderRequest(git.url('helm-links'), { path: 'web', helm }));
    expect(summary(result)).toEqual(
      expect.arrayContaining([
        { name: 'from-lib', data: { value: '1' } },
        expect.objectContaining({ data: expect.objectContaining({ b: 'linked' }) as JsonObject }),
      ]),
    );
  });
});

describe('Kustomize from git', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [cm.yaml]\n',
    'base/cm.yaml': configMap('base'),
    'app/kustomization.yaml': 'resources: [../base]\nnamePrefix: my-\n',
    'unrelated/a.yaml': configMap('unrelated'),
  };

  it('builds with bases beside it and changes from the Application', async () => {
    await git.createRepo('kustomize', files);
    const url = git.url('kustomize');
    const result = await render(renderRequest(url, { path: 'app' }));
    expect(result.sourceType).toBe('Kustomize');
    expect(summary(result)).toEqual([{ name: 'my-base', data: { value: '1' } }]);
    const changed = await render(renderRequest(url, { path: 'app', kustomize: { nameSuffix: '-x' } }));
    expect(summary(changed)).toEqual([{ name: 'my-base-x', data: { value: '1' } }]);
  });

  it('renders again for a change in its base and for no other', async () => {
    await git.createRepo('kustomize-cache', files);
    const again = (): Promise<RenderResult> =>
      render(renderRequest(git.url('kustomize-cache'), { path: 'app' }, { refreshRevision: true }));
    await again();
    const before = await rendersDone();
    await git.commit('kustomize-cache', { 'unrelated/a.yaml': configMap('unrelated', '2') }, 'Elsewhere');
    await again();
    expect(await rendersDone()).toBe(before);
    await git.commit('kustomize-cache', { 'base/cm.yaml': configMap('base', '2') }, 'Base');
    expect(summary(await again())).toEqual([{ name: 'my-base', data: { value: '2' } }]);
    expect(await rendersDone()).toBe(before + 1);
  });

  it.each([
    ['reaches outside', 'resources: [../../../etc]\n', /app\/kustomization\.yaml/],
    ['names what is missing', 'resources: [nope.yaml]\n', /nope\.yaml/],
    ['is no YAML', 'resources: [\n', /kustomization\.yaml/],
  ])('one that %s says so', async (name, kustomization, message) => {
    const repo = `kustomize-${name.replaceAll(' ', '-')}`;
    await git.createRepo(repo, { 'app/kustomization.yaml': kustomization });
    const error = await failure(render(renderRequest(git.url(repo), { path: 'app' })));
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\/tmp\//);
  });
});

describe('Jsonnet from git', () => {
  it('renders with variables and libraries', async () => {
    await git.createRepo('jsonnet', {
      'app/main.jsonnet':
        'local l = import "names.libsonnet"; function(suffix) {apiVersion: "v1", kind: "ConfigMap", ' +
        'metadata: {name: l.name + suffix + std.extVar("e")}}',
      'vendor/names.libsonnet': '{name: "lib"}',
    });
    const jsonnet = {
      libs: ['vendor'],
      tlas: [{ name: 'suffix', value: '-$ARGOCD_APP_NAME' }],
      extVars: [{ name: 'e', value: '!' }],
    };
    const result = await render(renderRequest(git.url('jsonnet'), { path: 'app', directory: { jsonnet } }));
    expect(result.sourceType).toBe('Directory');
    expect(summary(result)).toEqual([{ name: 'lib-demo!', data: undefined }]);
  });

  it('renders again only for what it imports', async () => {
    const program = (text: string): string =>
      `{apiVersion: "v1", kind: "ConfigMap", metadata: {name: ${text}}, data: {}}`;
    await git.createRepo('jsonnet-cache', {
      'app/main.jsonnet': program('(import "../lib/names.libsonnet").name'),
      'lib/names.libsonnet': '{name: "one"}',
      'linked/main.jsonnet': program('(import "lib/names.libsonnet").name'),
      'linked/lib': { symlink: '../lib' },
    });
    const again = (path: string): Promise<RenderResult> =>
      render(renderRequest(git.url('jsonnet-cache'), { path }, { refreshRevision: true }));
    const names = async (path: string): Promise<unknown> =>
      (await again(path)).objects.map((object) => valueAt(object, 'metadata', 'name'));
    expect(await names('app')).toEqual(['one']);
    expect(await names('linked')).toEqual(['one']);
    const before = await rendersDone();
    await git.commit('jsonnet-cache', { 'lib/unread.libsonnet': '{}', 'web/a.yaml': 'a: 1' }, 'Elsewhere');
    expect(await names('app')).toEqual(['one']);
    expect(await rendersDone()).toBe(before);
    await git.commit('jsonnet-cache', { 'lib/names.libsonnet': '{name: "two"}' }, 'Here');
    expect(await names('app')).toEqual(['two']);
    expect(await names('linked')).toEqual(['two']);
  });
});

describe('charts that live elsewhere', () => {
  it('come from a Helm repository, by version and by range, with values from git', async () => {
    for (const version of ['1.0.0', '1.3.0', '2.0.0']) {
      await charts.publish({
        name: 'web',
        version,
        files: { 'templates/cm.yaml': TEMPLATE, 'values.yaml': `a: ${version}` },
      });
    }
    await git.createRepo('chart-values', { 'v.yaml': 'b: from git\n' });
    const repository: Repository = { url: charts.url, type: 'helm' };
    const valuesUrl = git.url('chart-values');
    const source = (targetRevision: string): RenderRequest =>
      renderRequest(
        charts.url,
        { chart: 'web', targetRevision, helm: { valueFiles: ['$v/v.yaml'] } },
        {
          repository,
          refSources: {
            v: { source: { repoURL: valuesUrl }, repository: { url: valuesUrl, type: 'git' } },
          },
        },
      );
    expect(await render(source('1.*'))).toMatchObject({ revision: '1.3.0', sourceType: 'Helm' });
    const exact = await render(source('1.0.0'));
    expect(summary(exact)).toEqual([{ name: 'demo', data: { a: '1.0.0', b: 'from git', kube: 'v1.36.3' } }]);
    expect(await failure(render(source('9.*')))).toMatchObject({ code: 'not-found' });
    await server.client.testRepository(repository);
  });

  it('come from an OCI registry', async () => {
    const data = await packChart('web', '0.5.0', { 'templates/cm.yaml': TEMPLATE, 'values.yaml': 'a: oci' });
    const mediaType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
    await registry.push({ name: 'charts/web', tag: '0.5.0', layers: [{ mediaType, data }] });
    const repository: Repository = {
      url: `oci://${registry.host}/charts`,
      type: 'helm',
      enableOci: true,
      insecureOciForceHttp: true,
    };
    const request = renderRequest(repository.url, { chart: 'web', targetRevision: '0.5.0' }, { repository });
    expect(summary(await render(request))).toEqual([
      { name: 'demo', data: { a: 'oci', b: 'none', kube: 'v1.36.3' } },
    ]);
    await server.client.testRepository(repository);
  });
});
