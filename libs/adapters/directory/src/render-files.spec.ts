import { describe, expect, it } from 'vitest';
import type { DirectorySource, JsonObject } from '@tiphys/model';
import { renderDirectoryFiles } from './render-files.ts';

const config = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const names = (objects: readonly JsonObject[]): unknown[] =>
  objects.map((object) => (object['metadata'] as JsonObject)['name']);

const tree = {
  'b.yaml': config('b'),
  'a.yml': config('a'),
  'c.json': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }),
  'readme.md': config('readme'),
  'sub/d.yaml': config('d'),
  'sub/deep/e.yaml': config('e'),
};
const files = (contents: Readonly<Record<string, string>>): { path: string; content: string }[] =>
  Object.entries(contents).map(([path, content]) => ({ path, content }));
const render = (contents: Readonly<Record<string, string>>, directory: DirectorySource = {}): unknown[] =>
  names(renderDirectoryFiles(files(contents), { directory, appPath: 'apps/web' }));

describe('which files are rendered', () => {
  it.each<[string, DirectorySource, string[]]>([
    ['the top only, sorted', {}, ['a', 'b', 'c']],
    ['all below with recurse', { recurse: true }, ['a', 'b', 'c', 'd', 'e']],
    ['include', { recurse: true, include: '*.yaml' }, ['b', 'd', 'e']],
    ['exclude', { recurse: true, exclude: '{c.json,sub/*}' }, ['a', 'b']],
    ['exclude wins', { recurse: true, include: 'sub/**', exclude: '*e.yaml' }, ['d']],
    ['empty globs are none', { include: '', exclude: '' }, ['a', 'b', 'c']],
  ])('%s', (_name, directory, expected) => {
    expect(render(tree, directory)).toEqual(expected);
  });

  it.each([
    ['a file marked to be skipped', { 'x.yaml': `# +argocd:skip-file-rendering\n${config('x')}` }],
    ['values of a chart', { 'values.yaml': 'replicas: 1\n' }],
    ['the head of a chart', { 'Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' }],
    ['another tool’s settings', { 'config.json': '{"env": "one"}' }],
    ['text that is no YAML and no manifest', { 'x.yaml': '{{ if .Values }}\na: b\n{{ end }}' }],
    ['an empty file', { 'x.yaml': '' }],
  ])('passes over %s', (_name, more) => {
    expect(render({ 'b.yaml': config('b'), ...(more as Record<string, string>) })).toEqual(['b']);
  });
});

describe('refused input names the file', () => {
  it.each([
    [
      'unfinished',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n',
      /^cannot read apps\/web\/x\.yaml: line 4: /,
    ],
    ['a template', 'apiVersion: v1\nkind: {{ .Kind }}\n  x\n', /^cannot read apps\/web\/x\.yaml: line /],
    ['a misspelt head', 'apiVersion v1\nkind: ConfigMap\n', /^cannot read apps\/web\/x\.yaml: line /],
    ['JSON cut off', '{"apiVersion": "v1", "kind": "Conf', /^cannot read apps\/web\/x\.yaml: /],
    [
      'JSON without a kind',
      '{"apiVersion": "v1"}',
      /document 1 of apps\/web\/x\.yaml is not a Kubernetes object/,
    ],
    ['a second half without a kind', `${config('a')}---\na: 1\n`, /document 2 of apps\/web\/x\.yaml is not/],
  ])('%s', (_name, content, message) => {
    expect(() => render({ 'x.yaml': content })).toThrow(message);
  });

  it('a malformed glob', () => {
    expect(() => render(tree, { include: '{a' })).toThrow(
      'spec.source.directory.include: "{a" is not a glob',
    );
  });

  it('files too large together', () => {
    const big = `${config('big')}data: {x: "${'y'.repeat(600)}"}\n`;
    const given = files({ 'a.yaml': big, 'b.yaml': big, 'skip.txt': big });
    expect(() => renderDirectoryFiles(given, { maxCombinedBytes: 1_000, appPath: 'web' })).toThrow(
      /larger than 1000 bytes together, reached at web\/b\.yaml/,
    );
    expect(renderDirectoryFiles(given, { maxCombinedBytes: 2_000 })).toHaveLength(2);
  });
});
