import { describe, expect, it } from 'vitest';
import { withSameValues } from './same-values.ts';

describe('withSameValues', () => {
  it('puts in what the file holds elsewhere', () => {
    expect(
      withSameValues({
        a: { list: [{ 'odd/key': 'x' }] },
        b: { $same: 'a.list[0]' },
        c: [{ $same: 'a.list[0]["odd/key"]' }, 1, null],
      }),
    ).toEqual({ a: { list: [{ 'odd/key': 'x' }] }, b: { 'odd/key': 'x' }, c: ['x', 1, null] });
  });

  it('refuses a reference to nothing', () => {
    expect(() => withSameValues({ a: { $same: 'b.c' } })).toThrow('refers to b.c');
  });
});
