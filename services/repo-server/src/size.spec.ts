import { expect, it } from 'vitest';
import { parseSize } from './size.ts';

it.each([
  ['10M', 10_000_000],
  ['1Gi', 1_073_741_824],
  ['0.5K', 500],
  ['123', 123],
])('%s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each(['', 'M', '-1', '1 M', '10MB', '1e3'])('%j is no size', (text) => {
  expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'invalid' }));
});
