import type { JsonObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { applyStrategicPatch, typeOfKind } from './index.ts';

const pod = typeOfKind({ apiVersion: 'v1', kind: 'Pod' });
if (pod === undefined) throw new Error('built-in types are missing');

interface Case {
  readonly name: string;
  readonly live: JsonObject;
  readonly patch: JsonObject;
  readonly result: JsonObject;
}

const cases: readonly Case[] = [
  {
    name: 'replaces an object',
    live: { metadata: { labels: { a: '1', b: '2' } } },
    patch: { metadata: { labels: { $patch: 'replace', c: '3' } } },
    result: { metadata: { labels: { c: '3' } } },
  },
  {
    name: 'empties an object',
    live: { metadata: { labels: { a: '1' } } },
    patch: { metadata: { labels: { $patch: 'delete' } } },
    result: { metadata: { labels: {} } },
  },
  {
    name: 'replaces a merged list',
    live: { spec: { containers: [{ name: 'a' }, { name: 'b' }] } },
    patch: { spec: { containers: [{ name: 'c' }, { $patch: 'replace' }] } },
    result: { spec: { containers: [{ name: 'c' }] } },
  },
  {
    name: 'adds new elements where the order list puts them',
    live: { spec: { containers: [{ name: 'own' }, { name: 'a' }] } },
    patch: {
      spec: {
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
        containers: [{ name: 'b', image: 'i' }],
      },
    },
    result: { spec: { containers: [{ name: 'b', image: 'i' }, { name: 'own' }, { name: 'a' }] } },
  },
  {
    name: 'drops nulls of what it adds',
    live: {},
    patch: { spec: { hostname: null, dnsConfig: { options: null, searches: ['a'] } } },
    result: { spec: { dnsConfig: { searches: ['a'] } } },
  },
  {
    name: 'deletes values from a list of values',
    live: { metadata: { finalizers: ['a', 'b', 'c'] } },
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['b'] } },
    result: { metadata: { finalizers: ['a', 'c'] } },
  },
];

describe('applyStrategicPatch', () => {
  it.each(cases)('$name', ({ live, patch, result }) => {
    expect(applyStrategicPatch(live, patch, pod)).toEqual(result);
  });

  it('refuses an unknown directive', () => {
    expect(() => applyStrategicPatch({}, { $patch: 'merge' }, pod)).toThrow(/directive/);
  });
});
