import { describe, expect, it } from 'vitest';
import { canonicalDuration } from './index.ts';

describe('canonicalDuration', () => {
  it.each([
    ['90s', '1m30s'],
    ['1h', '1h0m0s'],
    ['60m', '1h0m0s'],
    ['1.5h', '1h30m0s'],
    ['0', '0s'],
    ['1500ms', '1.5s'],
    ['500ms', '500ms'],
    ['-30s', '-30s'],
    ['soon', 'soon'],
    ['5', '5'],
    ['', ''],
  ])('%s is %s', (given, canonical) => {
    expect(canonicalDuration(given)).toBe(canonical);
  });
});
