import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mask } from './mask.ts';

const maskOf = (...secrets: readonly string[]): Mask => {
  const mask = new Mask();
  for (const secret of secrets) mask.add(secret);
  return mask;
};

describe('a mask', () => {
  it.each([
    [['correct-horse'], 'it says correct-horse here', 'it says ****** here'],
    [['correct-horse'], 'cut: correct-ho…', 'cut: ******…'],
    [['abcd'], 'x abcd y abc', 'x ****** y abc'],
    [['aaaaaaaaaa'], 'aaaaaaaaaaaaaaa', '******'],
    [[''], 'as it is', 'as it is'],
  ])('of %j makes %j %j', (secrets, text, expected) => {
    expect(maskOf(...secrets).apply(text)).toBe(expected);
  });

  it('tells nothing where there is too much to look for', () => {
    expect(maskOf('x'.repeat(300_000)).apply('hello')).toBeUndefined();
  });

  it('leaves no piece of eight letters of a secret in any text', () => {
    const secret = fc.string({ minLength: 8 }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(fc.string(), secret, fc.nat(), fc.string(), (before, hidden, at, after) => {
        const start = at % (hidden.length - 7);
        const piece = hidden.slice(start, start + 8);
        expect(maskOf(hidden).apply(before + piece + after)).not.toContain(piece);
      }),
    );
  });
});
