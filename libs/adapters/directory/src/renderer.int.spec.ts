import { afterEach, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import { givenTree, renderContext, type GivenTree } from '@tiphys/testing/render';
import { DirectoryRenderer } from './renderer.ts';

let tree: GivenTree | undefined;
afterEach(() => tree?.remove());

const config = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const object = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const renderer = new DirectoryRenderer({
  renderJsonnetFile: (_context, file) => Promise.resolve([object(`made-of-${file}`)]),
  maxCombinedBytes: 1_000,
});

it('renders the files of a directory in order, Jsonnet by the function given', async () => {
  tree = await givenTree({
    'other/x.yaml': config('x'),
    'app/c.yaml': config('c'),
    'app/b.jsonnet': '{}',
    'app/sub/a.yml': config('a'),
    'app/link.yaml': { link: '../other/x.yaml' },
  });
  const objects = await renderer.render(
    renderContext({ root: tree.root, path: 'app', directory: { recurse: true } }),
  );
  expect(objects).toEqual([object('made-of-app/b.jsonnet'), object('c'), object('x'), object('a')]);
});

it.each([
  [
    'a file that does not parse',
    { 'app/a.yaml': 'apiVersion: v1\nkind: [' },
    'invalid',
    /^cannot read app\/a\.yaml: line/,
  ],
  [
    'a link that leaves the repository',
    { 'app/a.yaml': { link: '/etc/passwd' } },
    'invalid',
    /leads out of the repository/,
  ],
  ['too much', { 'app/a.yaml': `# ${'x'.repeat(2_000)}` }, 'resource-exhausted', /reached at app\/a\.yaml/],
  ['a directory that is missing', { 'x.yaml': config('x') }, 'not-found', /app/],
])('refuses %s', async (...[, files, code, message]) => {
  tree = await givenTree(files);
  const failure = await renderer
    .render(renderContext({ root: tree.root, path: 'app' }))
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
  expect((failure as Error).message).not.toContain('tiphys-tree-');
});
