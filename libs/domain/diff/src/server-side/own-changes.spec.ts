import fc from 'fast-check';
import type { JsonObject, JsonValue, KubeObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { withoutForeignChanges } from './own-changes.ts';

const manager = 'argocd-controller';

function widget(spec: JsonObject, owned: JsonObject = {}, others: JsonObject = {}): KubeObject {
  const entry = (name: string, spec: JsonObject): JsonObject => ({
    manager: name,
    operation: 'Apply',
    fieldsV1: { 'f:spec': spec },
  });
  return {
    apiVersion: 'x.io/v1',
    kind: 'Widget',
    metadata: { name: 'w', managedFields: [entry(manager, owned), entry('webhook', others)] },
    spec,
  };
}

interface Case {
  readonly name: string;
  readonly live: JsonObject;
  readonly predicted: JsonObject;
  readonly owned: JsonObject;
  readonly others?: JsonObject;
  readonly target?: JsonObject;
  readonly left: JsonObject;
}

const item = (name: string, rest: JsonObject = {}): JsonObject => ({ name, ...rest });
const byName = (name: string): string => `k:{"name":"${name}"}`;

const cases: readonly Case[] = [
  {
    name: 'a field of ours changes',
    live: { a: 1, b: 1 },
    predicted: { a: 2, b: 2 },
    owned: { 'f:a': {} },
    left: { a: 2, b: 1 },
  },
  {
    name: 'fields come, ours and others',
    live: {},
    predicted: { a: 1, deep: { b: 1, c: 1 }, foreign: { d: 1 } },
    owned: { 'f:a': {}, 'f:deep': { 'f:b': {} } },
    left: { a: 1, deep: { b: 1 } },
  },
  { name: 'a field goes', live: { a: 1, b: 1 }, predicted: { a: 1 }, owned: { 'f:a': {} }, left: { a: 1 } },
  {
    name: 'elements of a keyed list',
    live: { list: [item('a', { v: 1 }), item('gone'), item('b', { v: 1 })] },
    predicted: {
      list: [item('b', { v: 2 }), item('a', { v: 2 }), item('injected'), item('new', { v: 1, w: 1 })],
    },
    owned: {
      'f:list': { [byName('a')]: { 'f:v': {} }, [byName('new')]: { '.': {}, 'f:name': {}, 'f:v': {} } },
    },
    left: { list: [item('a', { v: 2 }), item('b', { v: 1 }), item('new', { v: 1 })] },
  },
  {
    name: 'the keys of a new element, whoever set them',
    live: { ports: [] },
    predicted: { ports: [{ port: 80, protocol: 'TCP', nodePort: 3 }] },
    owned: { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:port': {} } } },
    left: { ports: [{ port: 80, protocol: 'TCP' }] },
  },
  {
    name: 'a set',
    live: { set: ['a', 'gone'] },
    predicted: { set: ['a', 'ours', 'theirs'] },
    owned: { 'f:set': { 'v:"a"': {}, 'v:"ours"': {} } },
    left: { set: ['a', 'ours'] },
  },
  {
    name: 'a list as a whole',
    live: { ours: [1], theirs: [1] },
    predicted: { ours: [1, 2], theirs: [1, 2] },
    owned: { 'f:ours': {} },
    left: { ours: [1, 2], theirs: [1] },
  },
  {
    name: 'a map as a whole',
    live: { selector: { a: '1' } },
    predicted: { selector: { b: '2' } },
    owned: { 'f:selector': {} },
    target: { selector: { b: '2' } },
    left: { selector: { b: '2' } },
  },
  {
    name: 'a map that we applied empty and others filled',
    live: { context: {} },
    predicted: { context: { user: 1 } },
    owned: { 'f:context': {} },
    others: { 'f:context': { 'f:user': {} } },
    target: { context: {} },
    left: { context: {} },
  },
];

describe('withoutForeignChanges', () => {
  it.each(cases)('$name', ({ live, predicted, owned, others, target, left }) => {
    const result = withoutForeignChanges(
      { target: widget(target ?? {}), live: widget(live), predicted: widget(predicted, owned, others) },
      manager,
    );
    expect(result['spec']).toEqual(left);
  });

  const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: true }) as fc.Arbitrary<JsonValue>;
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), json, { noNullPrototype: true });

  it('leaves the live object where nothing of it is ours and nothing is gone', () => {
    fc.assert(
      fc.property(fields, fields, (live, added) => {
        const predicted = { ...added, ...live };
        const result = withoutForeignChanges(
          { target: widget({}), live: widget(live), predicted: widget(predicted) },
          manager,
        );
        expect(result['spec']).toEqual(live);
      }),
    );
  });

  it('leaves the prediction where all of it is ours', () => {
    fc.assert(
      fc.property(fields, fields, (live, predicted) => {
        const owned = Object.fromEntries(Object.keys(predicted).map((key) => [`f:${key}`, {}]));
        const result = withoutForeignChanges(
          { target: widget(predicted), live: widget(live), predicted: widget(predicted, owned) },
          manager,
        );
        for (const [key, value] of Object.entries(predicted))
          if (typeof value !== 'object') expect((result['spec'] as JsonObject)[key]).toEqual(value);
        for (const key of Object.keys(live))
          if (!(key in predicted)) expect(result['spec']).not.toHaveProperty(key);
      }),
    );
  });
});
