import { describe, expect, it } from 'vitest';
import type { ApiResource } from '@tiphys/ports';
import { collectionPath, objectPath, queryString, writePath } from './paths.ts';

const kind = (group: string, namespaced: boolean): ApiResource => ({
  group,
  version: 'v1',
  kind: 'Thing',
  resource: 'things',
  namespaced,
  verbs: [],
});

describe('paths', () => {
  it.each([
    [collectionPath(kind('', true)), '/api/v1/things'],
    [collectionPath(kind('', true), 'a'), '/api/v1/namespaces/a/things'],
    [collectionPath(kind('', true), ''), '/api/v1/things'],
    [collectionPath(kind('x.org', false), 'ignored'), '/apis/x.org/v1/things'],
    [objectPath(kind('x.org', true), { name: 'n', namespace: 'a' }), '/apis/x.org/v1/namespaces/a/things/n'],
    [
      objectPath(kind('', false), { name: 'system:node', namespace: 'a' }, 'status'),
      '/api/v1/things/system%3Anode/status',
    ],
  ])('%s', (path, expected) => {
    expect(path).toBe(expected);
  });

  it.each(['..', '.', 'a/b', 'a%2e', '', '../../secrets'])(
    'refuses %j wherever it would be a segment',
    (text) => {
      const refused = expect.objectContaining({ code: 'invalid' });
      expect(() => objectPath(kind('', false), { name: text })).toThrow(refused);
      expect(() => objectPath(kind('', false), { name: 'n' }, text)).toThrow(refused);
      expect(() => writePath(kind('', true), text)).toThrow(refused);
      expect(() => collectionPath({ ...kind('', true), resource: text })).toThrow(refused);
      expect(() => collectionPath({ ...kind('', true), version: text })).toThrow(refused);
    },
  );

  it('wants the namespace of a namespaced object', () => {
    expect(() => writePath(kind('', true), undefined)).toThrow('metadata.namespace');
  });
});

it.each([
  [{}, ''],
  [{ a: undefined }, ''],
  [{ a: 'x y&z', b: 1, c: true, d: undefined }, '?a=x%20y%26z&b=1&c=true'],
  [{ labelSelector: 'a in (b,c)' }, '?labelSelector=a%20in%20(b%2Cc)'],
])('query of %j', (query, expected) => {
  expect(queryString(query)).toBe(expected);
});
