import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTarUnpacker } from '@tiphys/adapter-archive';
import { createHttpFetcher, type ClosableHttpFetcher } from '@tiphys/adapter-http';
import type { ProcessRunner } from '@tiphys/adapter-process';
import type { HelmSource, JsonObject } from '@tiphys/model';
import type { RenderOptions, RenderRequest } from '@tiphys/ports';
import { startHelmRepo, type HelmRepo } from '@tiphys/testing/helm-repo';
import { givenTree, renderContext, toolRunner, type GivenTree, type TreeFiles } from '@tiphys/testing/render';
import { HelmRenderer } from './renderer.ts';
import { HelmRepositorySource } from './repository/source.ts';

let runner: ProcessRunner;
let http: ClosableHttpFetcher;
let repo: HelmRepo;
let trees: GivenTree[] = [];
beforeAll(async () => {
  runner = await toolRunner('helm');
  http = createHttpFetcher();
});
beforeEach(async () => {
  repo = await startHelmRepo();
});
afterEach(async () => {
  await repo.close();
  await Promise.all(trees.map((tree) => tree.remove()));
  trees = [];
});
afterAll(async () => {
  await http.close();
  await runner.close();
});

const show = (...fields: readonly string[]): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}", namespace: "{{ .Release.Namespace }}"}\ndata:\n` +
  fields.map((field, index) => `  f${String(index)}: {{ ${field} | toJson | quote }}\n`).join('');
const chart = (template: string, more: TreeFiles = {}): TreeFiles => ({
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
  'chart/values.yaml': 'a: chart\nb: chart\nc: chart\nd: chart\n',
  'chart/templates/cm.yaml': template,
  ...more,
});

interface Settings {
  readonly helm?: HelmSource;
  readonly options?: RenderOptions;
  readonly request?: Partial<RenderRequest>;
  readonly ref?: TreeFiles;
  readonly timeoutMs?: number;
}

async function tree(files: TreeFiles): Promise<GivenTree> {
  const made = await givenTree(files);
  trees.push(made);
  return made;
}

async function render(files: TreeFiles, settings: Settings = {}): Promise<readonly JsonObject[]> {
  const { helm = {}, options = {}, request = {}, ref, timeoutMs = 30_000 } = settings;
  const { root, outside } = await tree(files);
  const charts = new HelmRepositorySource({
    http,
    unpacker: createTarUnpacker(),
    versions: { maxSatisfying: (_constraint, all) => Promise.resolve([...all].sort().at(-1)) },
    clock: { now: () => 0 },
  });
  const scratchDirectory = join(outside, 'scratch');
  const renderer = new HelmRenderer({ runner, http, helm: charts, oci: charts, scratchDirectory, timeoutMs });
  const refRoots = ref === undefined ? {} : { values: (await tree(ref)).root };
  try {
    return await renderer.render(renderContext({ root, path: 'chart', helm, options, request, refRoots }));
  } finally {
    expect(await readdir(scratchDirectory)).toEqual([]);
  }
}

/** The values of the template's fields, read back. */
async function fields(files: TreeFiles, settings: Settings = {}): Promise<unknown[]> {
  const [object] = await render(files, settings);
  return Object.values(object?.['data'] as Record<string, string>).map((text) => JSON.parse(text) as unknown);
}

describe('what a template sees', () => {
  it('is released under the Application into its namespace', async () => {
    const objects = await render(
      chart(show('.Capabilities.KubeVersion.Version', '.Capabilities.APIVersions.Has "x/v1"')),
      {
        request: { appName: 'team-a_web', kubeVersion: '1.31.2', apiVersions: ['x/v1'] },
      },
    );
    expect(objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web', namespace: 'shop' },
        data: { f0: '"v1.31.2"', f1: 'true' },
      },
    ]);
  });

  it('takes release, namespace and versions from the source', async () => {
    const helm = { releaseName: 'rel', namespace: 'other', kubeVersion: '1.30.0', apiVersions: ['y/v2'] };
    const [object] = await render(
      chart(
        show(
          '.Capabilities.KubeVersion.Version',
          '.Capabilities.APIVersions.Has "y/v2"',
          '.Capabilities.APIVersions.Has "v1/Nope"',
        ),
      ),
      { helm },
    );
    expect(object).toMatchObject({
      metadata: { name: 'rel', namespace: 'other' },
      data: { f0: '"v1.30.0"', f1: 'true', f2: 'false' },
    });
  });

  it('takes values in the order of precedence', async () => {
    const files = chart(show('.Values.a', '.Values.b', '.Values.c', '.Values.d'), {
      'chart/one.yaml': 'b: one\nc: one\nd: one\n',
      'values/two.yaml': 'c: two\nd: two\n',
    });
    const valueFiles = ['one.yaml', '/values/two.yaml'];
    expect(await fields(files, { helm: { valueFiles } })).toEqual(['chart', 'one', 'two', 'two']);
    expect(await fields(files, { helm: { valueFiles, values: 'd: inline' } })).toEqual([
      'chart',
      'one',
      'two',
      'inline',
    ]);
    expect(
      await fields(files, { helm: { valueFiles, values: 'c: text', valuesObject: { d: { deep: 1 } } } }),
    ).toEqual(['chart', 'one', 'two', { deep: 1 }]);
    expect(
      await fields(files, {
        helm: { valueFiles, valuesObject: { d: 'x' }, parameters: [{ name: 'd', value: 'param' }] },
      }),
    ).toEqual(['chart', 'one', 'two', 'param']);
  });

  it.each<[string, HelmSource, unknown]>([
    ['a number', { parameters: [{ name: 'a', value: '1' }] }, 1],
    ['a number as text', { parameters: [{ name: 'a', value: '1', forceString: true }] }, '1'],
    ['commas', { parameters: [{ name: 'a', value: 'x,y=z' }] }, 'x,y=z'],
    ['commas escaped', { parameters: [{ name: 'a', value: 'x\\,y' }] }, 'x,y'],
    ['a list', { parameters: [{ name: 'a', value: '{x,y}' }] }, ['x', 'y']],
    ['a path', { parameters: [{ name: 'a.b[0].c', value: 'x' }] }, { b: [{ c: 'x' }] }],
    [
      'what looks like a flag',
      { parameters: [{ name: 'a', value: '--post-renderer=x' }] },
      '--post-renderer=x',
    ],
    ['nothing', { parameters: [{ name: 'a' }] }, ''],
    ['a file', { fileParameters: [{ name: 'a', path: 'extra.txt' }] }, 'from, a file'],
  ])('takes a parameter: %s', async (_name, helm, value) => {
    const files = chart(show('.Values.a'), { 'chart/extra.txt': 'from, a file' });
    const own = { ...files, 'chart/values.yaml': '{}' };
    expect(await fields(own, { helm })).toEqual([value]);
  });

  it('takes value files of another source, by glob and by address', async () => {
    repo.serve('/remote.yaml', 'c: remote');
    const files = chart(show('.Values.a', '.Values.b', '.Values.c', '.Values.d'), {
      'chart/env/1.yaml': 'b: glob1\nd: glob1\n',
      'chart/env/deep/2.yaml': 'd: glob2\n',
      'chart/env/skip.txt': 'a: [',
    });
    const valueFiles = ['$values/x/ref.yaml', 'env/**/*.yaml', new URL('/remote.yaml', repo.url).href];
    expect(await fields(files, { helm: { valueFiles }, ref: { 'x/ref.yaml': 'a: ref\nb: ref' } })).toEqual([
      'ref',
      'glob1',
      'remote',
      'glob2',
    ]);
  });

  it('passes over missing value files where it may', async () => {
    const helm = {
      valueFiles: ['gone.yaml', 'gone/*.yaml', '$values/gone.yaml'],
      ignoreMissingValueFiles: true,
    };
    expect(await fields(chart(show('.Values.a')), { helm, ref: {} })).toEqual(['chart']);
  });

  it('asks no name server', async () => {
    expect(await fields(chart(show('getHostByName "localhost"')))).toEqual(['']);
  });
});

describe('what is rendered', () => {
  const crd =
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x.example.com}\n';
  const test = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\n';
  const hook =
    'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"}\n';
  const files = chart(show('1'), {
    'chart/crds/x.yaml': crd,
    'chart/templates/t.yaml': test,
    'chart/templates/h.yaml': hook,
  });
  const kinds = async (helm: HelmSource): Promise<unknown[]> =>
    (await render(files, { helm })).map((object) => object['kind']).sort();

  it('includes definitions, hooks and tests', async () => {
    expect(await kinds({})).toEqual(['ConfigMap', 'CustomResourceDefinition', 'Job', 'Pod']);
  });
  it('leaves out what the source says', async () => {
    expect(await kinds({ skipCrds: true, skipTests: true })).toEqual(['ConfigMap', 'Job']);
  });
  it('keeps the annotations of hooks', async () => {
    expect((await render(files)).find((object) => object['kind'] === 'Job')).toMatchObject({
      metadata: { annotations: { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': '-5' } },
    });
  });
  it('checks values against the schema unless told otherwise', async () => {
    const strict = { ...files, 'chart/values.schema.json': '{"type": "object", "required": ["must"]}' };
    await expect(render(strict)).rejects.toMatchObject({
      message: expect.stringMatching(/chart in chart: .*must/s),
    });
    expect(await render(strict, { helm: { skipSchemaValidation: true } })).toHaveLength(4);
  });
});

describe('dependencies', () => {
  const parent = (dependency: string, more: TreeFiles = {}): TreeFiles =>
    chart(show('.Values.a'), {
      'chart/Chart.yaml': `apiVersion: v2\nname: chart\nversion: 0.1.0\ndependencies:\n- ${dependency}\n`,
      ...more,
    });
  const template = {
    'templates/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "dep-{{ .Chart.Version }}"}\n',
  };
  const named = async (files: TreeFiles, request: Partial<RenderRequest> = {}): Promise<unknown[]> =>
    (await render(files, { request })).map((object) => (object['metadata'] as JsonObject)['name']).sort();

  it('come from a repository, the lock decides', async () => {
    await repo.publish({ name: 'dep', version: '1.0.0', files: template });
    await repo.publish({ name: 'dep', version: '1.1.0', files: template });
    const dependency = `{name: dep, version: 1.x, repository: "${repo.url}/"}`;
    expect(await named(parent(dependency))).toEqual(['dep-1.1.0', 'web']);
    const lock = `dependencies:\n- {name: dep, version: 1.0.0, repository: "${repo.url}/"}\n`;
    expect(await named(parent(dependency, { 'chart/Chart.lock': lock }))).toEqual(['dep-1.0.0', 'web']);
    await expect(named(parent(dependency, { 'chart/Chart.lock': 'dependencies: []\n' }))).rejects.toThrow(
      /the lock file of the chart in chart does not hold dep: run helm dependency update/,
    );
  });

  it('come from a repository by its name, with its login', async () => {
    const guarded = await startHelmRepo({ username: 'bob', password: 'hunter2' });
    try {
      await guarded.publish({ name: 'dep', version: '1.0.0', files: template });
      const files = parent('{name: dep, version: 1.0.0, repository: "@private"}');
      const login = { url: guarded.url, type: 'helm', name: 'private', username: 'bob' } as const;
      expect(await named(files, { helmRepositories: [{ ...login, password: 'hunter2' }] })).toEqual([
        'dep-1.0.0',
        'web',
      ]);
      const refused = named(files, { helmRepositories: [{ ...login, password: 'wrong-one' }] });
      await expect(refused).rejects.toMatchObject({ code: 'unauthenticated' });
      await expect(refused).rejects.not.toThrow(/wrong-one/);
    } finally {
      await guarded.close();
    }
  });

  it('come from the same repository of files', async () => {
    const local = {
      'lib/Chart.yaml': 'apiVersion: v2\nname: dep\nversion: 3.0.0\n',
      'lib/templates/cm.yaml': template['templates/cm.yaml'],
    };
    const dependency = '{name: dep, version: 3.0.0, repository: "file://../lib"}';
    expect(await named(parent(dependency, local))).toEqual(['dep-3.0.0', 'web']);
  });

  it('are taken from the charts directory where they are there', async () => {
    const held = {
      'chart/charts/dep/Chart.yaml': 'apiVersion: v2\nname: dep\nversion: 4.0.0\n',
      'chart/charts/dep/templates/cm.yaml': template['templates/cm.yaml'],
    };
    const dependency = '{name: dep, version: 4.0.0, repository: "https://nowhere.invalid"}';
    expect(await named(parent(dependency, held))).toEqual(['dep-4.0.0', 'web']);
  });

  it.each([
    [
      'a local chart beyond the root',
      '{name: dep, version: 1.0.0, repository: "file://../../outside"}',
      'invalid',
      /dependency dep 1\.0\.0 of the chart in chart: file:\/\/\.\.\/\.\.\/outside leads out/,
    ],
    [
      'an absolute local chart',
      '{name: dep, version: 1.0.0, repository: "file:///etc"}',
      'invalid',
      /must be relative to the chart/,
    ],
    [
      'a local chart that is missing',
      '{name: dep, version: 1.0.0, repository: "file://../gone"}',
      'not-found',
      /file:\/\/\.\.\/gone does not exist/,
    ],
    [
      'an unknown name',
      '{name: dep, version: 1.0.0, repository: "@nobody"}',
      'not-found',
      /no Helm repository is called nobody/,
    ],
    ['no repository', '{name: dep, version: 1.0.0}', 'invalid', /"" is not a Helm repository/],
    [
      'a name that climbs',
      '{name: ../../x, version: 1.0.0, repository: "@x"}',
      'invalid',
      /chart\/Chart\.yaml: "\.\.\/\.\.\/x" is not a name of a chart/,
    ],
  ])('are refused: %s', async (_name, dependency, code, message) => {
    const failure = await named(parent(dependency)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('refused input names the file and no path of this machine', () => {
  const cm = show('.Values.a');
  it.each<[string, TreeFiles, Settings, string, RegExp]>([
    [
      'no chart',
      { 'chart/values.yaml': '' },
      {},
      'not-found',
      /there is no chart in chart: chart\/Chart\.yaml is missing/,
    ],
    [
      'a chart file that does not parse',
      chart(cm, { 'chart/Chart.yaml': 'a: [' }),
      {},
      'invalid',
      /cannot read chart\/Chart\.yaml: line/,
    ],
    [
      'a missing value file',
      chart(cm),
      { helm: { valueFiles: ['gone.yaml'] }, request: { revision: 'abc123' } },
      'not-found',
      /the value file "gone\.yaml" does not exist in chart at revision abc123/,
    ],
    [
      'a value file beyond the root',
      chart(cm),
      { helm: { valueFiles: ['../../outside/x.yaml'] } },
      'invalid',
      /\.\.\/\.\.\/outside\/x\.yaml: it leads out of the repository/,
    ],
    [
      'a value file that is a link outside',
      chart(cm, { 'v/l.yaml': { link: '/etc/passwd' } }),
      { helm: { valueFiles: ['/v/l.yaml'] } },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'a file parameter beyond the root',
      chart(cm),
      { helm: { fileParameters: [{ name: 'a', path: '../../x' }] } },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'a missing file parameter',
      chart(cm),
      { helm: { fileParameters: [{ name: 'a', path: 'gone.txt' }] } },
      'not-found',
      /gone\.txt/,
    ],
    [
      'a scheme that is not allowed',
      chart(cm),
      { helm: { valueFiles: ['s3://bucket/x.yaml'] } },
      'invalid',
      /uses the scheme s3, which is not allowed/,
    ],
    [
      'remote files switched off',
      chart(cm),
      { helm: { valueFiles: ['https://example.com/x.yaml'] }, options: { helmValuesFileSchemes: [] } },
      'invalid',
      /the scheme https, which is not allowed/,
    ],
    [
      'a file address',
      chart(cm),
      { helm: { valueFiles: ['file:///etc/passwd'] }, options: { helmValuesFileSchemes: ['file'] } },
      'invalid',
      /the scheme file, which is not allowed/,
    ],
    [
      'an unknown reference',
      chart(cm),
      { helm: { valueFiles: ['$other/x.yaml'] } },
      'invalid',
      /"\$other\/x\.yaml" refers to \$other, but no source of the Application has ref: other/,
    ],
    [
      'a reference that climbs',
      chart(cm),
      { helm: { valueFiles: ['$values/../x.yaml'] }, ref: {} },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'values that do not parse',
      chart(cm, { 'chart/v.yaml': 'a: [' }),
      { helm: { valueFiles: ['v.yaml'] } },
      'failed-precondition',
      /cannot render the chart in chart: .*v\.yaml/s,
    ],
    [
      'inline values that do not parse',
      chart(cm),
      { helm: { values: 'a: [' } },
      'failed-precondition',
      /spec\.source\.helm\.values/,
    ],
    [
      'a template that fails',
      chart('{{ fail "need foo" }}'),
      {},
      'failed-precondition',
      /chart\/templates\/cm\.yaml:1:3\).*need foo/s,
    ],
    [
      'a template that makes no YAML',
      chart('a: [{{ .Values.a }}'),
      {},
      'failed-precondition',
      /chart\/templates\/cm\.yaml/,
    ],
    [
      'a template that makes no object',
      chart('a: {{ .Values.a }}'),
      {},
      'invalid',
      /chart\/templates\/cm\.yaml is not a Kubernetes object/,
    ],
    [
      'a link that leaves the chart',
      chart(cm, { 'chart/templates/l.yaml': { link: '/etc/passwd' } }),
      {},
      'invalid',
      /chart\/templates\/l\.yaml: .*leads out of the repository/,
    ],
    [
      'a schema that refers to a file',
      chart(cm, { 'chart/values.schema.json': '{"$ref": "\\u0066ile:///etc/hostname"}' }),
      {},
      'invalid',
      /chart\/values\.schema\.json refers to the file "file:\/\/\/etc\/hostname"/,
    ],
    [
      'a schema that refers to a file by its path',
      chart(cm, { 'chart/values.schema.json': '{"allOf": [{"$ref": "etc/hostname"}]}' }),
      {},
      'invalid',
      /refers to the file "etc\/hostname"/,
    ],
    [
      'a release name that is none',
      chart(cm),
      { helm: { releaseName: 'No Good' } },
      'failed-precondition',
      /release name/,
    ],
    [
      'a Kubernetes version that is none',
      chart(cm),
      { helm: { kubeVersion: 'x' } },
      'failed-precondition',
      /cannot render the chart in chart/,
    ],
    [
      'an endless template',
      chart('{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}'),
      { timeoutMs: 15_000 },
      'failed-precondition',
      /cannot render the chart in chart/,
    ],
  ])('%s', async (...[, files, settings, code, message]) => {
    const failure = await render(files, settings).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toMatch(/tiphys-tree-|scratch/);
  });

  it('a remote value file that is not there, its login unseen', async () => {
    const url = new URL('/gone.yaml?token=secret', repo.url).href;
    const failure = await render(chart(cm), { helm: { valueFiles: [url] } }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/gone\.yaml: .*status 404/),
    });
    expect((failure as Error).message).not.toContain('secret');
  });
});
