import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { deployment, webChart } from '../manifests/index.ts';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;

beforeAll(async () => {
  tiphys = await givenTiphys();
});

afterAll(async () => {
  await tiphys.close();
});

const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

const json = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { v: 'json' },
});

describe('a directory', () => {
  it('Given files of all sorts, When it is synced, Then those that were chosen are live', async () => {
    const repoURL = await tiphys.repository('directory', {
      'tree/a.yaml': `${configMap('tree-a', '1')}---\n${configMap('tree-b', '1')}`,
      'tree/c.json': JSON.stringify(json('tree-c')),
      'tree/list.yml': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [json('tree-listed')] }),
      'tree/deep/er/d.yaml': configMap('tree-d', '1'),
      'tree/deep/draft-e.yaml': configMap('tree-e', '1'),
      'tree/notes.txt': configMap('tree-notes', '1'),
      'flat/f.yaml': configMap('flat-f', '1'),
      'flat/g.json': JSON.stringify(json('flat-g')),
      'flat/deep/h.yaml': configMap('flat-h', '1'),
    });
    const tree = { repoURL, path: 'tree', directory: { recurse: true, exclude: '{draft-*,**/draft-*}' } };
    const flat = { repoURL, path: 'flat', directory: { include: '*.yaml' } };
    const [app] = await Promise.all([
      tiphys.deployed('tree', { source: tree }),
      tiphys.deployed('flat', { source: flat }),
    ]);
    expect(app.status?.sourceType).toBe('Directory');
    expect(app.status?.resources?.map(({ name }) => name)).toEqual([
      'tree-a',
      'tree-b',
      'tree-c',
      'tree-d',
      'tree-listed',
    ]);
    expect(await tiphys.data('tree-c')).toEqual({ v: 'json' });
    expect(await tiphys.data('tree-e')).toBeUndefined();
    expect(await tiphys.data('flat-f')).toEqual({ v: '1' });
    expect(await tiphys.data('flat-g')).toBeUndefined();
  });
});

describe('Helm', () => {
  it('Given a chart in git, When every kind of value is set, Then each wins over the one before', async () => {
    const repoURL = await tiphys.repository('helm', {
      ...below('web', webChart()),
      'web/prod.yaml': 'data: { file: prod, object: prod, parameter: prod, text: prod }\n',
      'shared/notes.txt': 'from, a file',
      'web/crds/gadget.yaml': JSON.stringify(crd('gadgets', 'Gadget')),
    });
    const app = await tiphys.deployed('helm', {
      source: {
        repoURL,
        path: 'web',
        helm: {
          releaseName: 'shop',
          valueFiles: ['prod.yaml', 'gone.yaml'],
          ignoreMissingValueFiles: true,
          valuesObject: { data: { object: 'object', parameter: 'object' } },
          parameters: [
            { name: 'data.parameter', value: 'a,b' },
            { name: 'data.number', value: '007', forceString: true },
          ],
          fileParameters: [{ name: 'data.notes', path: '/shared/notes.txt' }],
          skipCrds: true,
        },
      },
    });
    expect(app.status?.sourceType).toBe('Helm');
    expect(await tiphys.data('shop')).toEqual({
      chart: '1.0.0',
      file: 'prod',
      text: 'prod',
      object: 'object',
      parameter: 'a,b',
      number: '007',
      notes: 'from, a file',
    });
    expect(await tiphys.kube.find(gadgets)).toBeUndefined();
  });

  it('Given a chart with CRDs, When they are not skipped, Then they are installed', async () => {
    const source = {
      repoURL: tiphys.git.url('helm'),
      path: 'web',
      helm: { values: 'data: { text: inline }' },
    };
    await tiphys.deployed('helm-crds', { source });
    expect(await tiphys.kube.find(gadgets)).toBeDefined();
    expect(await tiphys.data('helm-crds')).toEqual({ chart: '1.0.0', text: 'inline' });
  });
});

const gadgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: 'gadgets.example.com',
};

const crd = (plural: string, kind: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    names: { plural, kind },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
});

describe('Kustomize', () => {
  it('Given an overlay on a base, When it is changed by the spec, Then all of it is live', async () => {
    const repoURL = await tiphys.repository('kustomize', {
      'base/web.yaml': deployment('web', 'example.com/web:1'),
      'base/cm.yaml': configMap('settings', '1'),
      'base/kustomization.yaml': 'resources: [web.yaml, cm.yaml]\n',
      'prod/kustomization.yaml': 'resources: [../base]\n',
      'extra/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [extra.yaml]\n',
      'extra/extra.yaml': configMap('extra', '1'),
    });
    const app = await tiphys.deployed('kustomize', {
      source: {
        repoURL,
        path: 'prod',
        kustomize: {
          namePrefix: 'prod-',
          nameSuffix: '-eu',
          images: ['example.com/web:2'],
          replicas: [{ name: 'web', count: 3 }],
          commonLabels: { team: 'shop' },
          commonAnnotations: { note: 'for $ARGOCD_APP_NAME' },
          commonAnnotationsEnvsubst: true,
          components: ['../extra'],
          patches: [
            {
              target: { kind: 'ConfigMap', name: 'settings' },
              patch: '- {op: replace, path: /data/v, value: patched}',
            },
          ],
        },
      },
    });
    expect(app.status?.sourceType).toBe('Kustomize');
    expect(app.status?.summary?.images).toEqual(['example.com/web:2']);
    expect(await tiphys.live('apps/v1', 'Deployment', 'prod-web-eu')).toMatchObject({
      metadata: { labels: { team: 'shop' }, annotations: { note: 'for kustomize' } },
      spec: { replicas: 3, selector: { matchLabels: { team: 'shop' } } },
      status: { readyReplicas: 3 },
    });
    expect(await tiphys.data('prod-settings-eu')).toEqual({ v: 'patched' });
    expect(await tiphys.data('prod-extra-eu')).toEqual({ v: '1' });
  });
});

describe('Jsonnet', () => {
  it('Given Jsonnet with libraries, When variables and arguments are set, Then what it makes is live', async () => {
    const repoURL = await tiphys.repository('jsonnet', {
      'app/main.jsonnet': [
        "local made = import 'made.libsonnet';",
        "local words = import 'words.json';",
        "function(stage) [made('jsonnet', {",
        "  stage: stage, ext: std.extVar('colour'), sum: std.toString(std.extVar('sum')), word: words[0],",
        '})]',
      ].join('\n'),
      'app/words.json': '["here"]',
      'vendor/lib/made.libsonnet':
        "function(name, data) { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name }, data: data }",
    });
    const directory = {
      exclude: '*.json',
      jsonnet: {
        libs: ['vendor/lib'],
        tlas: [{ name: 'stage', value: 'prod' }],
        extVars: [
          { name: 'colour', value: '$ARGOCD_APP_NAME' },
          { name: 'sum', value: '1 + 2', code: true },
        ],
      },
    };
    await tiphys.deployed('jsonnet', { source: { repoURL, path: 'app', directory } });
    expect(await tiphys.data('jsonnet')).toEqual({ stage: 'prod', ext: 'jsonnet', sum: '3', word: 'here' });
  });
});

describe('several sources', () => {
  it('Given a chart and values elsewhere, When either changes, Then the Application follows', async () => {
    const chart = await tiphys.repository('multi-chart', below('web', webChart()));
    const values = await tiphys.repository('multi-values', {
      'envs/prod.yaml': 'data: { env: one }\n',
      'extra/cm.yaml': configMap('multi-extra', '1'),
    });
    const app = await tiphys.deployed('multi', {
      sources: [
        { repoURL: chart, path: 'web', helm: { valueFiles: ['$values/envs/prod.yaml'] } },
        { repoURL: values, targetRevision: 'main', ref: 'values' },
        { repoURL: values, targetRevision: 'main', path: 'extra' },
      ],
    });
    expect(app.status?.sourceTypes).toEqual(['Helm', '', 'Directory']);
    expect(app.status?.sync?.revisions).toHaveLength(3);
    expect(await tiphys.data('multi')).toEqual({ chart: '1.0.0', env: 'one' });
    expect(await tiphys.data('multi-extra')).toEqual({ v: '1' });

    const sha = await tiphys.git.commit('multi-values', { 'envs/prod.yaml': 'data: { env: two }\n' }, 'two');
    await tiphys.refresh('multi');
    await tiphys.becomesLive('multi', { chart: '1.0.0', env: 'two' });
    const after = await tiphys.becomesSynced('multi');
    expect(after.status?.sync?.revisions?.slice(1)).toEqual([sha, sha]);
  });
});

describe('overrides and the build environment', () => {
  it('Given override files beside the chart, When it is rendered, Then the one of the Application wins', async () => {
    const repoURL = await tiphys.repository('overrides', {
      ...below('web', webChart()),
      'web/.argocd-source.yaml': 'helm: { parameters: [{ name: data.a, value: all }] }\n',
      'web/.argocd-source-mine.yaml': 'helm: { parameters: [{ name: data.a, value: mine }] }\n',
    });
    await Promise.all(
      ['mine', 'theirs'].map((name) => tiphys.deployed(name, { source: { repoURL, path: 'web' } })),
    );
    expect(await tiphys.data('mine')).toEqual({ chart: '1.0.0', a: 'mine' });
    expect(await tiphys.data('theirs')).toEqual({ chart: '1.0.0', a: 'all' });
  });

  it('Given variables in the spec, When it is rendered, Then they stand for the build environment', async () => {
    const repoURL = await tiphys.repository('environment', below('web', webChart()));
    const names = ['APP_NAME', 'APP_NAMESPACE', 'APP_PROJECT_NAME', 'APP_REVISION', 'APP_SOURCE_PATH'];
    const parameters = names.map((name) => ({ name: `data.${name}`, value: `$ARGOCD_${name}` }));
    const app = await tiphys.deployed('environment', {
      source: { repoURL, path: 'web', targetRevision: 'main', helm: { parameters } },
    });
    expect(await tiphys.data('environment')).toEqual({
      chart: '1.0.0',
      APP_NAME: 'environment',
      APP_NAMESPACE: tiphys.target,
      APP_PROJECT_NAME: 'default',
      APP_REVISION: app.status?.sync?.revision,
      APP_SOURCE_PATH: 'web',
    });
  });
});

describe('a monorepo', () => {
  const renders = (): Promise<number> =>
    tiphys.metric('argocd-repo-server', 'argocd_repo_parallelism_wait_duration_seconds_count');

  it('Given many Applications of one repository, When a commit touches one, Then only that is rendered', async () => {
    const repoURL = await tiphys.repository('monorepo', {
      'plain/cm.yaml': configMap('mono-plain', '1'),
      'kustomize/kustomization.yaml': 'resources: [cm.yaml]\n',
      'kustomize/cm.yaml': configMap('mono-kustomize', '1'),
      ...below('mono-helm', webChart()),
      'mono-jsonnet/main.jsonnet': JSON.stringify(json('mono-jsonnet')),
    });
    const paths = ['plain', 'kustomize', 'mono-helm', 'mono-jsonnet'];
    const source = (path: string) => ({ repoURL, path, targetRevision: 'main' });
    await Promise.all(paths.map((path) => tiphys.deployed(`mono-${path}`, { source: source(path) })));
    const before = await renders();

    const sha = await tiphys.git.commit('monorepo', { 'plain/cm.yaml': configMap('mono-plain', '2') }, 'one');
    await Promise.all(paths.map((path) => tiphys.refresh(`mono-${path}`)));
    const looked = paths.map((path) =>
      tiphys.eventually(
        `mono-${path}`,
        'is Synced to the commit',
        ({ status }) => status?.sync?.revision === sha && status.sync.status === 'Synced',
      ),
    );
    await Promise.all(looked);
    await tiphys.becomesLive('mono-plain', { v: '2' });
    expect((await renders()) - before).toBe(1);
  });
});
