import { describe, expect, it } from 'vitest';
import { parseKubernetesObjects } from './objects.ts';

const read = (text: string): readonly unknown[] => parseKubernetesObjects(text, { file: 'web/a.yaml' });
const config = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

describe('parseKubernetesObjects', () => {
  it('reads a stream in order, empty documents left out', () => {
    const text =
      '---\n# only a comment\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n' +
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n---\n';
    expect(read(text)).toEqual([config('a'), config('b')]);
  });

  it('flattens lists, nested and typed', () => {
    const text = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        config('a'),
        { apiVersion: 'v1', kind: 'List', items: [config('b')] },
        { apiVersion: 'v1', kind: 'ConfigMapList', items: [{ metadata: { name: 'c' } }] },
      ],
    });
    expect(read(text)).toEqual([config('a'), config('b'), config('c')]);
  });

  it('takes JSON texts, one or several', () => {
    const one = JSON.stringify(config('a'));
    expect(read(one)).toEqual([config('a')]);
    expect(read(`${one}\n---\n${JSON.stringify(config('b'))}`)).toEqual([config('a'), config('b')]);
    expect(read(`[${one}]`)).toEqual([config('a')]);
  });

  it.each([
    ['a scalar', 'hello', 'document 1 of web/a.yaml is not a Kubernetes object: it is not a mapping'],
    ['no kind', 'apiVersion: v1', 'document 1 of web/a.yaml is not a Kubernetes object: it has no kind'],
    ['no apiVersion', 'a: 1', 'document 1 of web/a.yaml is not a Kubernetes object: it has no apiVersion'],
    [
      'a list of scalars',
      'apiVersion: v1\nkind: List\nitems: [1]',
      'item 1 of the List in document 1 of web/a.yaml is not a Kubernetes object: it is not a mapping',
    ],
  ])('refuses %s', (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
