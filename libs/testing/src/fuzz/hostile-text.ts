import fc from 'fast-check';

const PIECES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'polluted', 'null', 'true', '-1', '1e999', 'NaN'],
  ...['%2e%2e%2f', '..', '/', '\\', '%00', '\0', '\r\n', '\t', ' ', '\u2028', '\ufeff', '\ud800', 'ä', '𝕏'],
  ...['{', '}', '[', ']', '(', ')', '<', '>', '"', "'", '`', '$', '*', '**', '?', '!', '=', '==', '!='],
  ...[',', ';', ':', '://', '@', '#', '&', '|', '-', '--', '.', '+', 'in', 'notin', 'javascript:', 'data:'],
];

/** Text that parsers trip over: words that mean something, in any order, among letters; some of it very long. */
export const hostileText = (words: readonly string[] = []): fc.Arbitrary<string> => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES, ...words) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  );
  const short = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  const long = fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 3 }), fc.integer({ min: 100, max: 20_000 }))
    .map(([pieces, times]) => pieces.join('').repeat(times).slice(0, 100_000));
  return fc.oneof({ weight: 9, arbitrary: short }, { weight: 1, arbitrary: long });
};
