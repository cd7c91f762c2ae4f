import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineSplitter } from './lines.ts';

const split = (chunks: readonly Buffer[]): string[] => {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  return lines;
};

it.each([
  [['a\nb\n'], ['a', 'b']],
  [['a', 'b', '\n'], ['ab']],
  [['\n\n', 'a\n\n'], ['a']],
  [['a\nunfinished'], ['a']],
  [[''], []],
])('splits %j', (chunks, lines) => {
  expect(split(chunks.map((chunk) => Buffer.from(chunk)))).toEqual(lines);
});

it('gives the same lines, however the bytes are cut', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const places = [
        0,
        ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
        bytes.length,
      ];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(split(chunks)).toEqual(lines.filter((text) => text !== ''));
    }),
  );
});

it('refuses a line without an end', () => {
  const splitter = lineSplitter(() => undefined);
  const chunk = Buffer.alloc(8 * 1024 * 1024, 'x');
  expect(() => {
    for (let count = 0; count < 9; count += 1) splitter.push(chunk);
  }).toThrow(expect.objectContaining({ code: 'resource-exhausted' }));
});
