import { describe, expect, it } from 'vitest';
import type { HelmSource, JsonObject } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';
import { startHelmRepo } from '@tiphys/testing/helm-repo';
import type { TreeFiles } from '@tiphys/testing/render';
import { HelmStage, chart, show } from './testing/helm-stage.ts';

const stage = new HelmStage();

describe('what a template sees', () => {
  it('is released under the Application into its namespace', async () => {
    const objects = await stage.render(
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
    const [object] = await stage.render(
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
    expect(await stage.fields(files, { helm: { valueFiles } })).toEqual(['chart', 'one', 'two', 'two']);
    expect(await stage.fields(files, { helm: { valueFiles, values: 'd: inline' } })).toEqual([
      'chart',
      'one',
      'two',
      'inline',
    ]);
    expect(
      await stage.fields(files, {
        helm: { valueFiles, values: 'c: text', valuesObject: { d: { deep: 1 } } },
      }),
    ).toEqual(['chart', 'one', 'two', { deep: 1 }]);
    expect(
      await stage.fields(files, {
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
    expect(await stage.fields(own, { helm })).toEqual([value]);
  });

  it('takes value files of another source, by glob and by address', async () => {
    stage.repo.serve('/remote.yaml', 'c: remote');
    const files = chart(show('.Values.a', '.Values.b', '.Values.c', '.Values.d'), {
      'chart/env/1.yaml': 'b: glob1\nd: glob1\n',
      'chart/env/deep/2.yaml': 'd: glob2\n',
      'chart/env/skip.txt': 'a: [',
    });
    const valueFiles = ['$values/x/ref.yaml', 'env/**/*.yaml', new URL('/remote.yaml', stage.repo.url).href];
    expect(
      await stage.fields(files, { helm: { valueFiles }, ref: { 'x/ref.yaml': 'a: ref\nb: ref' } }),
    ).toEqual(['ref', 'glob1', 'remote', 'glob2']);
  });

  it('passes over missing value files where it may', async () => {
    const helm = {
      valueFiles: ['gone.yaml', 'gone/*.yaml', '$values/gone.yaml'],
      ignoreMissingValueFiles: true,
    };
    expect(await stage.fields(chart(show('.Values.a')), { helm, ref: {} })).toEqual(['chart']);
  });

  it('asks no name server', async () => {
    expect(await stage.fields(chart(show('getHostByName "localhost"')))).toEqual(['']);
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
    (await stage.render(files, { helm })).map((object) => object['kind']).sort();

  it('includes definitions, hooks and tests', async () => {
    expect(await kinds({})).toEqual(['ConfigMap', 'CustomResourceDefinition', 'Job', 'Pod']);
  });
  it('leaves out what the source says', async () => {
    expect(await kinds({ skipCrds: true, skipTests: true })).toEqual(['ConfigMap', 'Job']);
  });
  it('keeps the annotations of hooks', async () => {
    expect((await stage.render(files)).find((object) => object['kind'] === 'Job')).toMatchObject({
      metadata: { annotations: { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': '-5' } },
    });
  });
  it('checks values against the schema unless told otherwise', async () => {
    const strict = { ...files, 'chart/values.schema.json': '{"type": "object", "required": ["must"]}' };
    await expect(stage.render(strict)).rejects.toMatchObject({
      message: expect.stringMatching(/chart in chart: .*must/s),
    });
    expect(await stage.render(strict, { helm: { skipSchemaValidation: true } })).toHaveLength(4);
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
    (await stage.render(files, { request }))
      .map((object) => (object['metadata'] as JsonObject)['name'])
      .sort();

  it('come from a repository, the lock decides', async () => {
    await stage.repo.publish({ name: 'dep', version: '1.0.0', files: template });
    await stage.repo.publish({ name: 'dep', version: '1.1.0', files: template });
    const dependency = `{name: dep, version: 1.x, repository: "${stage.repo.url}/"}`;
    expect(await named(parent(dependency))).toEqual(['dep-1.1.0', 'web']);
    const lock = `dependencies:\n- {name: dep, version: 1.0.0, repository: "${stage.repo.url}/"}\n`;
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
