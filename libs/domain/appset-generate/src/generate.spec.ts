import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { ApplicationSet, JsonObject } from '@tiphys/model';
import { paramsOf, unknownGenerators } from './expand.ts';
import { generateApplications } from './generate.ts';
import type { GeneratorInputs } from './inputs.ts';
import { duplicateName, gitPlacesOf, mistakeIn, projectsOf } from './mistakes.ts';
import { renderPlain } from './templates/plain.ts';

const TREE: Readonly<Record<string, string>> = {
  'apps/web/config.json': '{"env":"prod","size":3,"nested":{"on":true}}',
  'apps/db/config.json': '[{"env":"a"},{"env":"b"}]',
  'apps/empty/config.json': '',
  'apps/broken/config.yaml': 'a: [',
  'apps/scalar/config.txt': '42',
};

/** Knows `{{.key}}` alone, which is all that these templates have. */
const renderGo: GeneratorInputs['renderGo'] = (texts, params, options) =>
  Promise.resolve(
    texts.map((text) => {
      const missing = /\{\{\.(\w+)\}\}/u.exec(text)?.[1] ?? '';
      if (options.includes('missingkey=error') && missing !== '' && params[missing] === undefined)
        return { ok: false, message: `map has no entry for key "${missing}"` };
      const found = text.replace(/\{\{\.([\w.]+)\}\}/gu, (_all, path: string) => {
        const value = path
          .split('.')
          .reduce<unknown>((at, key) => (at as JsonObject | undefined)?.[key], params);
        return value === undefined ? '<no value>' : JSON.stringify(value).replaceAll('"', '');
      });
      return { ok: true, value: found };
    }),
  );

const inputs = (more: Partial<GeneratorInputs> = {}): GeneratorInputs => ({
  clusters: () => [
    { name: 'in-cluster', server: 'https://kubernetes.default.svc', project: '' },
    {
      name: 'Far_1',
      server: 'https://far',
      project: 'team',
      metadata: {
        labels: { env: 'prod' },
        annotations: {
          note: 'x',
          'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"config":"c2VjcmV0"}}',
        },
      },
    },
  ],
  directories: () => Promise.resolve(['apps', 'apps/db', 'apps/web', 'other']),
  files: (_place, patterns) =>
    Promise.resolve(
      Object.fromEntries(Object.entries(TREE).filter(([path]) => patterns.some((one) => path.includes(one)))),
    ),
  renderGo,
  ...more,
});

const template = (name: string, spec: JsonObject = {}): ApplicationSet['spec']['template'] => ({
  metadata: { name },
  spec: { project: 'default', destination: { server: 'https://x' }, ...spec },
});

const appset = (
  generators: readonly JsonObject[],
  more: Partial<ApplicationSet['spec']> = {},
): ApplicationSet => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'ApplicationSet',
  metadata: { name: 'sets', namespace: 'argocd' },
  spec: { generators, template: template('x'), ...more },
});

const params = async (generator: JsonObject, goTemplate = false): Promise<readonly JsonObject[]> =>
  await paramsOf(generator, appset([generator], { goTemplate }), inputs());

const list = (...elements: readonly JsonObject[]): JsonObject => ({ list: { elements } });

describe('a list', () => {
  it('yields its elements, flat for plain templates', async () => {
    const element = { c: 'a', values: { x: '1' } };
    expect(await params(list(element))).toEqual([{ c: 'a', 'values.x': '1' }]);
    expect(await params(list({ ...element, n: 3 }), true)).toEqual([{ ...element, n: 3 }]);
  });

  it('has elements out of YAML as well', async () => {
    const elementsYaml = '- {c: a}\n- {c: b}\n';
    expect(await params({ list: { elements: [{ c: 'z' }], elementsYaml } }, true)).toEqual([
      { c: 'z' },
      { c: 'a' },
      { c: 'b' },
    ]);
  });

  it.each<[JsonObject, string]>([
    [list({ c: 1 }), 'error parsing value as string'],
    [list({ values: 'x' }), 'error parsing values map'],
    [{ list: { elements: ['x'] } }, 'is not an object'],
    [{ list: { elementsYaml: 'a: b' } }, 'must be a list of objects'],
  ])('%j is refused', async (generator, why) => {
    await expect(params(generator)).rejects.toThrow(why);
  });
});

describe('clusters', () => {
  const far = { name: 'Far_1', nameNormalized: 'far-1', server: 'https://far', project: 'team' };
  it('are all, nothing of their secrets but what is written on the outside (A30)', async () => {
    expect(await params({ clusters: {} })).toEqual([
      {
        name: 'in-cluster',
        nameNormalized: 'in-cluster',
        server: 'https://kubernetes.default.svc',
        project: '',
      },
      { ...far, 'metadata.labels.env': 'prod', 'metadata.annotations.note': 'x' },
    ]);
    expect(JSON.stringify(await params({ clusters: {} }, true))).not.toContain('last-applied');
  });

  it('are those with the labels, with values made of what they are', async () => {
    const selector = { matchLabels: { env: 'prod' } };
    expect(await params({ clusters: { selector, values: { at: '{{.name}}!' } } }, true)).toEqual([
      { ...far, metadata: { labels: { env: 'prod' }, annotations: { note: 'x' } }, values: { at: 'Far_1!' } },
    ]);
    expect(await params({ clusters: { selector: { matchLabels: { env: 'x' } } } })).toEqual([]);
  });

  it('are one list where that is asked for', async () => {
    expect(await params({ clusters: { flatList: true } }, true)).toMatchObject([{ clusters: [{}, far] }]);
  });
});

describe('git', () => {
  const repo = { repoURL: 'https://git/x', revision: 'main' };
  it('yields directories, without those that are left out', async () => {
    const directories = [{ path: 'apps/*' }, { path: 'apps/db', exclude: true }];
    expect(await params({ git: { ...repo, directories } })).toEqual([
      {
        path: 'apps/web',
        'path[0]': 'apps',
        'path[1]': 'web',
        'path.basename': 'web',
        'path.basenameNormalized': 'web',
      },
    ]);
    expect(await params({ git: { ...repo, directories, pathParamPrefix: 'dir' } }, true)).toEqual([
      {
        dir: {
          path: { path: 'apps/web', basename: 'web', basenameNormalized: 'web', segments: ['apps', 'web'] },
        },
      },
    ]);
  });

  it('yields what files say, each object of them', async () => {
    expect(await params({ git: { ...repo, files: [{ path: 'web/config.json' }] } })).toEqual([
      {
        env: 'prod',
        size: '3',
        'nested.on': 'true',
        path: 'apps/web',
        'path[0]': 'apps',
        'path[1]': 'web',
        'path.basename': 'web',
        'path.basenameNormalized': 'web',
        'path.filename': 'config.json',
        'path.filenameNormalized': 'config.json',
      },
    ]);
    const both = await params(
      {
        git: {
          ...repo,
          files: [{ path: 'apps/' }, { path: 'broken', exclude: true }, { path: 'scalar', exclude: true }],
        },
      },
      true,
    );
    expect(both.map(({ env }) => env)).toEqual(['a', 'b', undefined, 'prod']);
  });

  it.each<[JsonObject, string]>([
    [{ git: repo }, 'needs directories or files'],
    [{ git: { ...repo, files: [{ path: 'broken' }] } }, "unable to process file 'apps/broken/config.yaml'"],
    [{ git: { ...repo, files: [{ path: 'scalar' }] } }, 'neither an object nor a list'],
    [{ git: { ...repo, directories: [{ path: '[' }] } }, "'[' is no pattern"],
  ])('%j is refused', async (generator, why) => {
    await expect(params(generator)).rejects.toThrow(why);
  });
});

describe('a matrix', () => {
  const two = (first: JsonObject, second: JsonObject): JsonObject => ({
    matrix: { generators: [first, second] },
  });
  it('yields every pair; the second may use what the first yields', async () => {
    expect(await params(two(list({ a: '1' }, { a: '2' }), list({ b: 'x{{a}}' })))).toEqual([
      { a: '1', b: 'x1' },
      { a: '2', b: 'x2' },
    ]);
  });

  it('joins objects level by level, the first one before the second', async () => {
    const generator = two(list({ v: { a: 1, b: 1 }, s: 'first' }), list({ v: { b: 2, c: 2 }, s: 'second' }));
    expect(await params(generator, true)).toEqual([{ v: { a: 1, b: 1, c: 2 }, s: 'first' }]);
  });

  it.each<[JsonObject, string]>([
    [two(list({ a: '1' }), list({ a: '2' })), 'found duplicate key a with different value'],
    [{ matrix: { generators: [list()] } }, 'found less than two generators'],
    [{ matrix: { generators: [list(), list(), list()] } }, 'found more than two generators'],
    [two(list({ a: '1' }), { pullRequest: {} }), "the generator 'pullRequest' is not served yet"],
  ])('%j is refused', async (generator, why) => {
    await expect(params(generator)).rejects.toThrow(why);
  });

  it('does not grow beyond what a machine holds, nor nest without end', async () => {
    const many = list(...Array.from({ length: 300 }, (_none, index) => ({ [`k${index}`]: 'x' })));
    await expect(params(two(many, many), true)).rejects.toMatchObject({ code: 'resource-exhausted' });
    const deep = two(list({}), two(list({}), two(list({}), list({}))));
    await expect(params(deep, true)).rejects.toThrow('nest deeper');
  });
});

describe('a merge', () => {
  const of = (mergeKeys: readonly string[], ...generators: readonly JsonObject[]): JsonObject => ({
    merge: { mergeKeys, generators },
  });
  it('lays later ones over the first by their keys', async () => {
    const generator = of(
      ['c'],
      list({ c: 'a', x: '1' }, { c: 'b', x: '1' }),
      list({ c: 'b', x: '2' }, { c: 'z', x: '9' }),
    );
    expect(await params(generator)).toEqual([
      { c: 'a', x: '1' },
      { c: 'b', x: '2' },
    ]);
  });

  it.each<[JsonObject, string]>([
    [of(['c'], list()), 'found less than two generators'],
    [of([], list(), list()), 'no merge keys were specified'],
    [of(['c'], list({ c: 'a' }, { c: 'a' }), list()), 'Duplicate key was {"c":"a"}'],
  ])('%j is refused', async (generator, why) => {
    await expect(params(generator)).rejects.toThrow(why);
  });
});

describe('a selector after a generator', () => {
  const elements = [{ env: 'prod', v: { n: 1 } }, { env: 'dev', v: { n: 2 } }, {}];
  it.each<[selector: JsonObject, found: readonly number[]]>([
    [{ matchLabels: { env: 'prod' } }, [0]],
    [{ matchLabels: { 'v.n': '2' } }, [1]],
    [{ matchExpressions: [{ key: 'env', operator: 'In', values: ['prod', 'dev'] }] }, [0, 1]],
    [{ matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod'] }] }, [1, 2]],
    [{ matchExpressions: [{ key: 'env', operator: 'Exists' }] }, [0, 1]],
    [{ matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] }, [2]],
    [{}, [0, 1, 2]],
  ])('%j', async (selector, found) => {
    expect(await params({ list: { elements }, selector }, true)).toEqual(
      found.map((index) => elements[index]),
    );
  });

  it('has no other operators', async () => {
    const selector = { matchExpressions: [{ key: 'a', operator: 'Gt' }] };
    await expect(params({ list: { elements }, selector }, true)).rejects.toThrow('"Gt" is not a valid');
  });
});

describe('generated Applications', () => {
  const generated = async (one: ApplicationSet) => await generateApplications(one, inputs());
  it('are the template with the parameters put in, in the namespace of their ApplicationSet', async () => {
    const made = appset([list({ c: 'a' })], {
      template: {
        ...template('x-{{c}}'),
        metadata: { name: 'x-{{c}}', namespace: 'elsewhere', labels: { '{{c}}': '{{ c }}{{d}}' } },
      },
    });
    expect(await generated(made)).toEqual([
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: {
          name: 'x-a',
          namespace: 'argocd',
          labels: { a: 'a{{d}}' },
          finalizers: ['resources-finalizer.argocd.argoproj.io'],
        },
        spec: { project: 'default', destination: { server: 'https://x' } },
      },
    ]);
  });

  it('keep their objects where the ApplicationSet says so', async () => {
    const [app] = await generated(appset([list({})], { syncPolicy: { preserveResourcesOnDeletion: true } }));
    expect(app?.metadata.finalizers).toBeUndefined();
  });

  it('take from the template of their generator first', async () => {
    const own = { metadata: {}, spec: { destination: { namespace: 'own' }, project: '' } };
    const [app] = await generated(appset([{ list: { elements: [{}], template: own } }]));
    expect(app?.spec).toEqual({ project: 'default', destination: { server: 'https://x', namespace: 'own' } });
  });

  it('are patched, but for the project and the namespace', async () => {
    const templatePatch =
      'metadata: {namespace: other, labels: {c: "{{.c}}"}}\nspec: {project: other, destination: {server: https://y}}\n';
    const [app] = await generated(appset([list({ c: 'a' })], { goTemplate: true, templatePatch }));
    expect(app?.spec).toEqual({ project: 'default', destination: { server: 'https://y' } });
    expect(app?.metadata).toMatchObject({ namespace: 'argocd', labels: { c: 'a' } });
  });

  it('are none where a template fails', async () => {
    const options = {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      template: template('x-{{.nope}}'),
    };
    await expect(generated(appset([list({})], options))).rejects.toThrow('map has no entry for key "nope"');
  });

  it('are none where what they are made of cannot be asked', async () => {
    const failing = inputs({ directories: () => Promise.reject(new TiphysError('unavailable', 'down')) });
    const made = appset([list({}), { git: { repoURL: 'x', directories: [{ path: '*' }] } }]);
    await expect(generateApplications(made, failing)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('what is wrong with an ApplicationSet', () => {
  it.each<[ApplicationSet, string | undefined]>([
    [appset([list({})]), undefined],
    [appset([list({})], { template: template('x', { project: '{{c}}' }) }), 'templated `project`'],
    [appset([{ list: { elements: [], template: { spec: { project: '{{c}}' } } } }]), 'templated `project`'],
    [appset([{ lists: {} }]), 'unrecognized generators: lists'],
    [appset([{ constructor: {} }]), 'unrecognized generators: constructor'],
    [appset([{ matrix: { generators: [{ nope: {} }] } }]), 'unrecognized generators: nope'],
  ])('%#', (one, mistake) => {
    if (mistake === undefined) expect(mistakeIn(one)).toBeUndefined();
    else expect(mistakeIn(one)).toContain(mistake);
  });

  it('is told before anything is generated', async () => {
    expect(unknownGenerators(appset([{ toString: {} }]))).toEqual(['toString']);
    await expect(params({ toString: {} })).rejects.toThrow("'toString' is no kind of generator");
  });

  it('names every project that its templates name', () => {
    const own = { list: { elements: [], template: { spec: { project: 'b' } } } };
    expect(projectsOf(appset([own, list()], { template: template('x', { project: '' }) }))).toEqual([
      'default',
      'b',
    ]);
  });

  it('has names twice', async () => {
    const apps = await generateApplications(appset([list({}, {})]), inputs());
    expect([duplicateName(apps), duplicateName(apps.slice(1))]).toEqual(['x', undefined]);
  });

  it('looks at git in its depths', () => {
    const inner = { git: { repoURL: 'r', revision: 'v' } };
    expect(gitPlacesOf(appset([{ matrix: { generators: [list(), inner] } }, inner]))).toEqual([
      { repoURL: 'r', revision: 'v' },
      { repoURL: 'r', revision: 'v' },
    ]);
  });
});

describe('plain templates', () => {
  it('change nothing where they have no parameter, and never read what is not one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(renderPlain(text, {})).toBe(text);
      }),
    );
    expect(renderPlain('{{toString}}{{__proto__}}{{constructor}}', {})).toBe(
      '{{toString}}{{__proto__}}{{constructor}}',
    );
  });

  it('put in each value as it is, braces and all', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(renderPlain('<{{ a }}>', { a: value })).toBe(`<${value}>`);
      }),
    );
  });
});
