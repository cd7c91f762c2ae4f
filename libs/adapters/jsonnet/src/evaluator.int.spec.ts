import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApplicationSource } from '@tiphys/model';
import type { ProcessRunner } from '@tiphys/adapter-process';
import { DirectoryRenderer } from '@tiphys/adapter-directory';
import { givenTree, renderContext, toolRunner, type GivenTree, type TreeFiles } from '@tiphys/testing/render';
import { JsonnetEvaluator } from './evaluator.ts';

type Jsonnet = NonNullable<NonNullable<ApplicationSource['directory']>['jsonnet']>;

let runner: ProcessRunner;
let tree: GivenTree | undefined;
beforeAll(async () => {
  runner = await toolRunner('jsonnet');
});
afterEach(() => tree?.remove());
afterAll(() => runner.close());

async function render(files: TreeFiles, jsonnet: Jsonnet = {}, path = 'app'): Promise<readonly unknown[]> {
  tree = await givenTree(files);
  const evaluator = new JsonnetEvaluator({ runner, timeoutMs: 20_000 });
  const renderer = new DirectoryRenderer({
    renderJsonnetFile: (context, file) => evaluator.renderFile(context, file),
  });
  return renderer.render(renderContext({ root: tree.root, path, directory: { jsonnet } }));
}

const config = (data: object): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data,
});
const program = (data: string): string =>
  `{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: ${data} }`;

describe('what Jsonnet makes', () => {
  it.each<[string, string]>([
    ['an object', program('{ x: "1" }')],
    ['an array', `[${program('{ x: "1" }')}]`],
    ['a List', `{ apiVersion: 'v1', kind: 'List', items: [${program('{ x: "1" }')}] }`],
  ])('%s', async (_name, text) => {
    expect(await render({ 'app/main.jsonnet': text })).toEqual([config({ x: '1' })]);
  });

  it('stands among plain manifests, in the order of the names', async () => {
    const objects = await render({
      'app/b.jsonnet': program('{ from: "b" }'),
      'app/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {from: a}\n',
      'app/c.libsonnet': 'error "not to be rendered"',
    });
    expect(objects).toEqual([config({ from: 'a' }), config({ from: 'b' })]);
  });

  it('takes variables, arguments and libraries', async () => {
    const objects = await render(
      {
        'app/main.jsonnet': `function(tag, n) ${program(
          "{ tag: tag, n: '' + (n + 1), color: std.extVar('color'), two: '' + std.extVar('two'), " +
            "lib: (import 'l.libsonnet').name, text: importstr 'sub/t.txt', up: import '../shared/u.libsonnet' }",
        )}`,
        'app/sub/t.txt': 'hello',
        'shared/u.libsonnet': "'up'",
        'vendor/l.libsonnet': "{ name: (import 'inner.libsonnet') }",
        'vendor/inner.libsonnet': "'inner'",
      },
      {
        libs: ['vendor', 'a-library-that-is-not-there'],
        extVars: [
          { name: 'color', value: 'blue=green' },
          { name: 'two', value: '1 + 1', code: true },
        ],
        tlas: [
          { name: 'tag', value: '-v1' },
          { name: 'n', value: '2', code: true },
        ],
      },
    );
    expect(objects).toEqual([
      config({ tag: '-v1', n: '3', color: 'blue=green', two: '2', lib: 'inner', text: 'hello', up: 'up' }),
    ]);
  });
});

describe('refused input names the file and no path of this machine', () => {
  it.each<[string, TreeFiles, Jsonnet, string, RegExp]>([
    [
      'an absolute import',
      { 'app/a.jsonnet': "importstr '/etc/passwd'" },
      {},
      'invalid',
      /the import "\/etc\/passwd" in app\/a\.jsonnet is absolute/,
    ],
    [
      'an import beyond the root',
      { 'app/a.jsonnet': "importstr '../../outside/x'" },
      {},
      'invalid',
      /the import "\.\.\/\.\.\/outside\/x" in app\/a\.jsonnet leads out of the repository/,
    ],
    [
      'the same through an import',
      { 'app/a.jsonnet': "import 'b.libsonnet'", 'app/b.libsonnet': 'importbin "../../x"' },
      {},
      'invalid',
      /in app\/b\.libsonnet leads out/,
    ],
    [
      'a symlink that leaves',
      { 'app/a.jsonnet': "importstr 'l'", 'app/l': { link: '/etc/passwd' } },
      {},
      'invalid',
      /app\/l: a symlink on its way leads out of the repository/,
    ],
    [
      'an import in a variable',
      { 'app/a.jsonnet': "std.extVar('v')" },
      { extVars: [{ name: 'v', value: "importstr '/etc/passwd'", code: true }] },
      'invalid',
      /in the variable v is absolute/,
    ],
    [
      'a library beyond the root',
      { 'app/a.jsonnet': '{}' },
      { libs: ['../outside'] },
      'invalid',
      /leads out of the repository/,
    ],
    [
      'an import that is missing',
      { 'app/a.jsonnet': "import 'gone.libsonnet'" },
      {},
      'failed-precondition',
      /cannot render app\/a\.jsonnet: .*couldn't open import "gone\.libsonnet"/s,
    ],
    [
      'an error of the program',
      { 'app/a.jsonnet': "error 'no color'" },
      {},
      'failed-precondition',
      /cannot render app\/a\.jsonnet: .*no color/s,
    ],
    [
      'a missing argument',
      { 'app/a.jsonnet': 'function(tag) {}' },
      {},
      'failed-precondition',
      /app\/a\.jsonnet: .*tag/s,
    ],
    [
      'text that does not parse',
      { 'app/a.jsonnet': '{ a: ' },
      {},
      'failed-precondition',
      /cannot render app\/a\.jsonnet/,
    ],
    [
      'something else than objects',
      { 'app/a.jsonnet': '"hello"' },
      {},
      'invalid',
      /app\/a\.jsonnet is not a Kubernetes object/,
    ],
    [
      'a bad variable name',
      { 'app/a.jsonnet': '{}' },
      { tlas: [{ name: 'a=b', value: 'x' }] },
      'invalid',
      /"a=b" is not a name/,
    ],
  ])('%s', async (...[, files, jsonnet, code, message]) => {
    const failure = await render(files, jsonnet).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toContain('tiphys-tree-');
  });

  it('an endless program is stopped', async () => {
    tree = await givenTree({ 'a.jsonnet': 'local f(x) = f(x + 1) tailstrict; f(0)' });
    const evaluator = new JsonnetEvaluator({ runner, timeoutMs: 500 });
    await expect(evaluator.renderFile(renderContext({ root: tree.root }), 'a.jsonnet')).rejects.toMatchObject(
      {
        code: expect.stringMatching(/deadline|failed-precondition/),
      },
    );
  });
});
