import type { JsonObject } from '@tiphys/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyJsonMergePatch, isEmpty, threeWayJsonMergePatch } from './index.ts';

const leaf = fc.oneof(
  fc.boolean(),
  fc.nat(5),
  fc.constantFrom('x', 'y'),
  fc.array(fc.nat(3), { maxLength: 3 }),
);
const { tree } = fc.letrec<{ tree: JsonObject }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof({ maxDepth: 3 }, leaf, tie('tree')), {
    maxKeys: 3,
  }),
}));

describe('threeWayJsonMergePatch', () => {
  it('sets what differs, clears what was applied, leaves the rest', () => {
    expect(
      threeWayJsonMergePatch({
        original: { spec: { gone: 1, kept: 1 } },
        modified: { spec: { kept: 2, list: [1] } },
        current: { spec: { gone: 1, kept: 1, own: true, list: [2, 1] } },
      }),
    ).toEqual({ spec: { kept: 2, list: [1], gone: null } });
  });

  it('takes a null for a wish only where a value was applied before', () => {
    const sides = { modified: { a: null }, current: { a: 1 } };
    expect(threeWayJsonMergePatch({ ...sides, original: undefined })).toEqual({});
    expect(threeWayJsonMergePatch({ ...sides, original: { a: 1 } })).toEqual({ a: null });
  });

  it('is at rest after one round', () => {
    fc.assert(
      fc.property(tree, tree, tree, (original, modified, current) => {
        const result = applyJsonMergePatch(current, threeWayJsonMergePatch({ original, modified, current }));
        expect(isEmpty(threeWayJsonMergePatch({ original: modified, modified, current: result }))).toBe(true);
      }),
    );
  });

  it('makes exactly the target of what was applied before', () => {
    fc.assert(
      fc.property(tree, tree, (original, modified) => {
        const patch = threeWayJsonMergePatch({ original, modified, current: original });
        expect(applyJsonMergePatch(original, patch)).toEqual(modified);
      }),
    );
  });
});
