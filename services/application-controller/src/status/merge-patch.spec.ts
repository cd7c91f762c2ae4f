import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyJsonMergePatch } from '@tiphys/merge';
import type { JsonObject } from '@tiphys/model';
import { mergePatch } from './merge-patch.ts';

describe('mergePatch', () => {
  it.each<[string, JsonObject, JsonObject, JsonObject | undefined]>([
    ['nothing', { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, undefined],
    ['a value', { a: 1 }, { a: 2 }, { a: 2 }],
    ['a key that goes', { a: 1, b: 1 }, { a: 1 }, { b: null }],
    ['only the inner key', { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, { a: { b: 2 } }],
    ['a whole array', { a: [1, 2] }, { a: [1] }, { a: [1] }],
  ])('holds %s', (_name, before, after, patch) => expect(mergePatch(before, after)).toEqual(patch));

  it('turns any object into any other', () => {
    const object: fc.Arbitrary<JsonObject> = fc.letrec<{ value: JsonObject }>((tie) => ({
      value: fc.dictionary(
        fc.constantFrom('a', 'b', 'c'),
        fc.oneof({ maxDepth: 3 }, fc.integer(), fc.array(fc.integer()), tie('value')),
        { maxKeys: 3 },
      ),
    })).value;
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = mergePatch(before, after);
        const result = patch === undefined ? before : applyJsonMergePatch(before, patch);
        // An empty object that comes with nothing in it is no change to a merge patch's reader.
        expect(mergePatch(result, after)).toBeUndefined();
      }),
    );
  });
});
