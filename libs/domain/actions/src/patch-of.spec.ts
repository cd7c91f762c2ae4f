import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { applyJsonMergePatch } from '@tiphys/merge';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionsOfScript, impactsOfScript, mergedActions, patchBetween, splitStatus } from './index.ts';

const leaf: fc.Arbitrary<JsonValue> = fc.oneof(fc.integer(), fc.string(), fc.boolean());
const value: fc.Memo<JsonValue> = fc.memo((depth) =>
  depth <= 1
    ? leaf
    : fc.oneof(leaf, fc.array(value(depth - 1), { maxLength: 3 }), fc.dictionary(key, value(depth - 1))),
);
const key = fc.constantFrom('a', 'b', 'c', 'status');
const object: fc.Arbitrary<JsonObject> = fc.dictionary(key, value(3));

/** What a detour through Lua does to a value. */
const throughLua = (given: JsonValue): JsonValue => {
  if (Array.isArray(given)) return (given as readonly JsonValue[]).map(throughLua);
  if (!isJsonObject(given)) return typeof given === 'bigint' ? Number(given) : given;
  const entries = Object.entries(given).flatMap(([name, item]) =>
    item === undefined || item === null ? [] : [[name, throughLua(item)] as const],
  );
  return entries.length === 0 ? [] : Object.fromEntries(entries);
};

describe('patchBetween', () => {
  it('leads from the one to the other', () => {
    fc.assert(
      fc.property(object, object, (live, wanted) => {
        const patch = patchBetween(live, wanted);
        const result = patch === undefined ? live : applyJsonMergePatch(live, patch);
        expect(patchBetween(result, wanted)).toBeUndefined();
      }),
    );
  });

  it('is nothing for an object that only went through Lua', () => {
    fc.assert(
      fc.property(object, (live) => {
        const back = throughLua(live);
        expect(patchBetween(live, isJsonObject(back) ? back : {})).toBeUndefined();
      }),
    );
  });

  it('keeps empty maps and large integers inside lists that change', () => {
    const live = { list: [{ a: {}, n: 9_007_199_254_740_993n, x: 1 }] };
    const wanted = { list: [{ a: [], n: 9_007_199_254_740_992, x: 2 }] };
    expect(patchBetween(live, wanted)).toEqual({ list: [{ a: {}, n: 9_007_199_254_740_993n, x: 2 }] });
  });

  it('comes in two parts', () => {
    expect(splitStatus({ status: { a: 1 }, spec: { b: 2 } })).toEqual({
      status: { status: { a: 1 } },
      rest: { spec: { b: 2 } },
    });
    expect(splitStatus({ spec: {} })).toEqual({ rest: { spec: {} } });
  });
});

describe('what scripts return', () => {
  const table = (result: JsonValue) => ({ value: result, luaType: 'table' });

  it('names actions', () => {
    expect(
      actionsOfScript(
        table({ a: [], b: { disabled: true, iconClass: 'i', displayName: 'B', params: [{ name: 'p' }] } }),
      ),
    ).toEqual([
      { name: 'a' },
      { name: 'b', params: [{ name: 'p' }], disabled: true, iconClass: 'i', displayName: 'B' },
    ]);
    expect(actionsOfScript(table([]))).toEqual([]);
    expect(() => actionsOfScript({ value: 'x', luaType: 'string' })).toThrow('not string');
  });

  it('is the object, or a list of objects to patch and to create', () => {
    const resource = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    expect(impactsOfScript(table(resource))).toEqual([{ operation: 'patch', object: resource }]);
    expect(impactsOfScript(table([{ operation: 'create', resource }]))).toEqual([
      { operation: 'create', object: resource },
    ]);
    expect(() => impactsOfScript(table([{ operation: 'delete', resource }]))).toThrow(
      'unsupported operation',
    );
    expect(() => impactsOfScript(table({ a: 1 }))).toThrow('no object');
  });

  it('stands before built-in actions of the same name', () => {
    expect(mergedActions([{ name: 'a', disabled: true }], [{ name: 'a' }, { name: 'b' }])).toEqual([
      { name: 'a', disabled: true },
      { name: 'b' },
    ]);
  });
});
