import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessRunner } from '@tiphys/adapter-process';
import type { JsonObject, KustomizeSource } from '@tiphys/model';
import type { RenderOptions } from '@tiphys/ports';
import { givenTree, renderContext, toolRunner, type GivenTree, type TreeFiles } from '@tiphys/testing/render';
import { resolveTool } from '@tiphys/toolchain';
import { kustomizeInputs } from './inputs.ts';
import { KustomizeRenderer } from './renderer.ts';

let runner: ProcessRunner;
let tree: GivenTree | undefined;
beforeAll(async () => {
  runner = await toolRunner('kustomize', 'helm');
});
afterEach(() => tree?.remove());
afterAll(() => runner.close());

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: kweb}
spec:
  replicas: 1
  selector: {matchLabels: {app: kweb}}
  template:
    metadata: {labels: {app: kweb}}
    spec: {containers: [{name: main, image: "example.com/web:1.0"}]}
`;
const app: TreeFiles = {
  'base/deployment.yaml': deployment,
  'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  'app/kustomization.yaml':
    'resources: [../base, cm.yaml]\nconfigMapGenerator:\n- name: gen\n  files: [key=sub/data.txt]\n' +
    'generatorOptions: {disableNameSuffixHash: true}\n',
  'app/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {big: "1"}\n',
  'app/sub/data.txt': 'hello',
  'comp/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator:\n- name: comp\n  literals: [a=b]\n',
};

async function render(
  files: TreeFiles,
  kustomize: KustomizeSource = {},
  options: RenderOptions = {},
): Promise<readonly JsonObject[]> {
  await tree?.remove();
  tree = await givenTree(files);
  const renderer = new KustomizeRenderer({
    runner,
    scratchDirectory: join(tree.outside, 'scratch'),
    programs: new Map([['v0.0.1', await resolveTool('kustomize')]]),
  });
  return renderer.render(renderContext({ root: tree.root, path: 'app', kustomize, options }));
}
const named = (objects: readonly JsonObject[], name: string): JsonObject | undefined =>
  objects.find((object) => (object['metadata'] as JsonObject)['name'] === name);

describe('a kustomization', () => {
  it('is built with its bases, in place', async () => {
    const objects = await render(app);
    expect(objects.map((object) => (object['metadata'] as JsonObject)['name'])).toEqual([
      'gen',
      'plain',
      'kweb',
    ]);
    expect(named(objects, 'gen')).toMatchObject({ data: { key: 'hello' } });
  });

  it('is built by the program of the version that it asks for', async () => {
    expect(await render(app, { version: 'v0.0.1' })).toEqual(await render(app));
  });

  it('takes every setting of the source, and leaves the tree as it was', async () => {
    const objects = await render(app, {
      namePrefix: 'pre-',
      nameSuffix: '-suf',
      namespace: 'other',
      images: ['example.com/web=example.com/new:2.0'],
      replicas: [{ name: 'kweb', count: '4' }],
      commonLabels: { team: 'a' },
      commonAnnotations: { note: 'yes' },
      patches: [
        {
          target: { kind: 'ConfigMap', name: 'plain' },
          patch: '- {op: add, path: /data/patched, value: "1"}',
        },
      ],
      components: ['../comp'],
    });
    expect(named(objects, 'pre-kweb-suf')).toMatchObject({
      metadata: { namespace: 'other', labels: { team: 'a' }, annotations: { note: 'yes' } },
      spec: {
        replicas: 4,
        selector: { matchLabels: { app: 'kweb', team: 'a' } },
        template: { spec: { containers: [{ image: 'example.com/new:2.0' }] } },
      },
    });
    expect(named(objects, 'pre-plain-suf')).toMatchObject({ data: { big: '1', patched: '1' } });
    expect(objects).toHaveLength(4);
    expect(await tree?.root.readFile('app/kustomization.yaml')).toBe(app['app/kustomization.yaml']);
    expect(await readdir(join(tree?.outside ?? '', 'scratch'))).toEqual([]);
  });

  it('can leave selectors alone and reach templates', async () => {
    const objects = await render(app, {
      commonLabels: { team: 'a' },
      labelWithoutSelector: true,
      labelIncludeTemplates: true,
    });
    expect(named(objects, 'kweb')).toMatchObject({
      metadata: { labels: { team: 'a' } },
      spec: {
        selector: { matchLabels: { app: 'kweb' } },
        template: { metadata: { labels: { app: 'kweb', team: 'a' } } },
      },
    });
    expect((named(objects, 'kweb')?.['spec'] as JsonObject)['selector']).toEqual({
      matchLabels: { app: 'kweb' },
    });
  });

  it('passes over missing components where it may', async () => {
    const objects = await render(app, { components: ['../comp', '../gone'], ignoreMissingComponents: true });
    expect(objects).toHaveLength(4);
  });

  it('reads files beside the kustomization when the restrictor is off, still inside the repository', async () => {
    const files = {
      ...app,
      'app/kustomization.yaml': 'configMapGenerator:\n- name: g\n  files: [../comp/x.txt]\n',
      'comp/x.txt': 'x',
    };
    const options = { kustomizeBuildOptions: '--load-restrictor LoadRestrictionsNone' };
    expect((await render(files, {}, options))[0]).toMatchObject({ data: { 'x.txt': 'x' } });
    await expect(render(files)).rejects.toMatchObject({ message: expect.stringContaining('security; file') });
  });

  it('inflates a chart of the repository', async () => {
    const files = {
      'app/kustomization.yaml': 'helmCharts:\n- name: c\n  releaseName: rel\n  valuesInline: {x: inline}\n',
      'app/charts/c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
      'app/charts/c/values.yaml': '{}\n',
      'app/charts/c/templates/cm.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {x: "{{ .Values.x }}"}\n',
    };
    const objects = await render(files, {}, { kustomizeBuildOptions: '--enable-helm' });
    expect(objects).toMatchObject([{ metadata: { name: 'rel' }, data: { x: 'inline' } }]);
  });
});

describe('kustomizeInputs', () => {
  it('lists what a build reads', async () => {
    tree = await givenTree({ ...app, 'unrelated/x.yaml': 'x' });
    expect(await kustomizeInputs(tree.root, 'app')).toEqual({
      files: [
        'app/cm.yaml',
        'app/kustomization.yaml',
        'app/sub/data.txt',
        'base/deployment.yaml',
        'base/kustomization.yaml',
      ],
      directories: [],
      remotes: [],
    });
  });

  it('is undefined where something comes from elsewhere', async () => {
    tree = await givenTree({ 'app/kustomization.yaml': 'resources: ["https://example.com/x/y?ref=v1"]\n' });
    expect(await kustomizeInputs(tree.root, 'app')).toBeUndefined();
  });

  it('names no fewer files than the program opens', async () => {
    tree = await givenTree({
      'app/Kustomization':
        'resources: [r.yaml]\ncomponents: [../comp]\npatches:\n- path: p.yaml\nreplacements:\n- path: repl.yaml\n' +
        'transformers:\n- t.yaml\n- |-\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: z}\n  path: tp.yaml\n' +
        'secretGenerator:\n- name: s\n  envs: [s.env]\nconfigurations: [conf.yaml]\nopenapi: {path: schema.json}\n' +
        'patchesStrategicMerge:\n- psm.yaml\n',
      'app/r.yaml': deployment,
      'comp/kustomization.yml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -c\n',
      'app/p.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kweb}\nspec: {paused: true}\n',
      'app/psm.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kweb}\nspec: {minReadySeconds: 3}\n',
      'app/tp.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kweb-c}\nspec: {minReadySeconds: 4}\n',
      'app/repl.yaml':
        'source: {kind: Deployment, fieldPath: metadata.name}\ntargets:\n- select: {kind: Deployment}\n  fieldPaths: [metadata.annotations.me]\n  options: {create: true}\n',
      'app/t.yaml':
        'apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: t}\nlabels: {q: w}\nfieldSpecs: [{path: metadata/labels, create: true}]\n',
      'app/s.env': 'a=b\n',
      'app/conf.yaml': 'namePrefix: []\n',
      'app/schema.json': '{}',
    });
    const inputs = await kustomizeInputs(tree.root, 'app');
    const objects = await new KustomizeRenderer({ runner, scratchDirectory: tree.outside }).render(
      renderContext({ root: tree.root, path: 'app', kustomize: { namePrefix: 'n-' } }),
    );
    expect(objects).toHaveLength(2);
    expect(inputs?.files).toHaveLength(11);
  });
});

describe('settings do what the edit command does', () => {
  it.each<[string, KustomizeSource, string[][]]>([
    ['labels', { commonLabels: { a: '1' } }, [['add', 'label', 'a:1']]],
    [
      'labels without selectors',
      { commonLabels: { a: '1' }, labelWithoutSelector: true },
      [['add', 'label', 'a:1', '--without-selector']],
    ],
    ['annotations', { commonAnnotations: { a: '1' } }, [['add', 'annotation', 'a:1']]],
    ['images', { images: ['example.com/web:7', 'x=y'] }, [['set', 'image', 'example.com/web:7', 'x=y']]],
    ['replicas', { replicas: [{ name: 'kweb', count: 3 }] }, [['set', 'replicas', 'kweb=3']]],
    [
      'names',
      { namePrefix: 'a-', nameSuffix: '-b', namespace: 'n' },
      [
        ['set', 'nameprefix', 'a-'],
        ['set', 'namesuffix', '--', '-b'],
        ['set', 'namespace', 'n'],
      ],
    ],
  ])('%s', async (_name, settings, edits) => {
    const ours = await render(app, settings);
    const kustomize = await resolveTool('kustomize');
    const cwd = join(tree?.root.directory ?? '', 'app');
    for (const edit of edits) execFileSync(kustomize, ['edit', ...edit], { cwd, stdio: 'ignore' });
    const theirs = await new KustomizeRenderer({ runner }).render(
      renderContext({ root: (tree as GivenTree).root, path: 'app' }),
    );
    expect(ours).toEqual(theirs);
  });
});

describe('refused input names the kustomization and no path of this machine', () => {
  const only = (text: string, more: TreeFiles = {}): TreeFiles => ({
    'app/kustomization.yaml': text,
    ...more,
  });
  it.each<[string, TreeFiles, KustomizeSource, RenderOptions, string, RegExp]>([
    [
      'a version that nobody registered',
      app,
      { version: 'v4.4.0' },
      {},
      'failed-precondition',
      /kustomize version v4\.4\.0 is not registered: --kustomize-versions/,
    ],
    ['no kustomization', { 'app/x.yaml': '' }, {}, {}, 'not-found', /app holds none of kustomization\.yaml/],
    [
      'text that does not parse',
      only('resources: ['),
      {},
      {},
      'invalid',
      /cannot read app\/kustomization\.yaml: line/,
    ],
    ['not a mapping', only('- a'), {}, {}, 'invalid', /app\/kustomization\.yaml must hold one mapping/],
    [
      'a missing resource',
      only('resources: [gone.yaml]'),
      {},
      {},
      'not-found',
      /app\/kustomization\.yaml: resources "gone\.yaml" does not exist/,
    ],
    [
      'a base beyond the root',
      only('resources: [../../outside]'),
      {},
      {},
      'invalid',
      /app\/kustomization\.yaml: resources "\.\.\/\.\.\/outside" leads out of the repository/,
    ],
    [
      'an absolute file',
      only('configMapGenerator: [{name: a, files: [x=/etc/passwd]}]'),
      {},
      {},
      'invalid',
      /configMapGenerator\.files "\/etc\/passwd" leads out/,
    ],
    [
      'a file beyond the root, restrictor off',
      only('configMapGenerator: [{name: a, files: [../../outside/x]}]'),
      {},
      { kustomizeBuildOptions: '--load-restrictor=LoadRestrictionsNone' },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'a symlink that leaves',
      only('resources: [l.yaml]', { 'app/l.yaml': { link: '/etc/passwd' } }),
      {},
      {},
      'invalid',
      /app\/l\.yaml: a symlink on its way leads out of the repository/,
    ],
    [
      'a path in a generator of its own',
      only('generators: [g.yaml]', {
        'app/g.yaml':
          'apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: a}\nfiles: [../../x.txt]\n',
      }),
      {},
      {},
      'invalid',
      /generators\.files "\.\.\/\.\.\/x\.txt" leads out/,
    ],
    [
      'a remote base',
      only('resources: ["https://example.com/a/b?ref=v1"]'),
      {},
      {},
      'invalid',
      /is in another repository: remote bases are not allowed here/,
    ],
    [
      'a remote base by ssh',
      only('resources: ["git@example.com:a/b"]'),
      {},
      {},
      'invalid',
      /is in another repository/,
    ],
    [
      'a remote base without a scheme',
      only('resources: [github.com/a/b]'),
      {},
      {},
      'invalid',
      /is in another repository/,
    ],
    [
      'an injected ref',
      only('resources: ["https://example.com/a/b?ref=--upload-pack=x"]'),
      {},
      {},
      'invalid',
      /is in another repository/,
    ],
    [
      'a home for Helm',
      only('helmGlobals: {configHome: ./h}\nhelmCharts: [{name: c}]'),
      {},
      { kustomizeBuildOptions: '--enable-helm' },
      'invalid',
      /configHome is refused/,
    ],
    [
      'a flag as release name',
      only('helmCharts: [{name: c, releaseName: --post-renderer=./x}]'),
      {},
      { kustomizeBuildOptions: '--enable-helm' },
      'invalid',
      /releaseName of a Helm chart must not start with a dash/,
    ],
    [
      'a base that names itself',
      only('resources: [../app]'),
      {},
      {},
      'failed-precondition',
      /cannot build the kustomization in app: .*cycle/s,
    ],
    [
      'a patch without a target',
      only('patches: [{patch: "a: [", target: {kind: X}}]'),
      {},
      {},
      'failed-precondition',
      /cannot build the kustomization in app/,
    ],
    [
      'a label that is there',
      only('commonLabels: {a: b}'),
      { commonLabels: { a: 'c' } },
      {},
      'invalid',
      /the label a is in the kustomization already; set spec\.source\.kustomize\.forceCommonLabels/,
    ],
    [
      'a count that is none',
      only('{}'),
      { replicas: [{ name: 'x', count: 'many' }] },
      {},
      'invalid',
      /the count "many" for x in spec\.source\.kustomize\.replicas is not a number/,
    ],
    [
      'an image without a tag',
      only('{}'),
      { images: ['nginx'] },
      {},
      'invalid',
      /"nginx" of spec\.source\.kustomize\.images has neither tag nor digest/,
    ],
    [
      'a missing component',
      only('{}'),
      { components: ['../gone'] },
      {},
      'not-found',
      /components "\.\.\/gone" does not exist/,
    ],
    [
      'a dangerous build option',
      only('{}'),
      {},
      { kustomizeBuildOptions: '--enable-exec' },
      'invalid',
      /kustomize\.buildOptions: --enable-exec is refused/,
    ],
  ])('%s', async (...[, files, kustomize, options, code, message]) => {
    const failure = await render(files, kustomize, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toContain('tiphys-tree-');
    expect((failure as Error).message).not.toContain(tmpdir());
  });

  it('keeps a file outside out of reach', async () => {
    tree = await givenTree({ 'app/kustomization.yaml': 'resources: [../../outside/x.yaml]\n' });
    await writeFile(join(tree.outside, 'x.yaml'), deployment);
    const renderer = new KustomizeRenderer({ runner });
    await expect(renderer.render(renderContext({ root: tree.root, path: 'app' }))).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it.each([
    ['a flag as ref', 'https://example.com/a/b?ref=--upload-pack=x'],
    ['another scheme', 'ssh://git@example.com/a/b'],
    ['a file address', 'file:///etc'],
    ['a login', 'https://bob:pw@example.com/a/b'],
  ])('refuses %s even where remote bases are allowed', async (_name, address) => {
    tree = await givenTree({ 'app/kustomization.yaml': `resources: ["${address}"]\n` });
    const renderer = new KustomizeRenderer({ runner, remoteBases: 'allow' });
    await expect(renderer.render(renderContext({ root: tree.root, path: 'app' }))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/must be an https address/),
    });
  });
});
