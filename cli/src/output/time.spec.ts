import { describe, expect, it } from 'vitest';
import { age, goSpan, goTime, stampOf } from './time.ts';

describe('times', () => {
  it('are printed with the offset and the name of the zone', () => {
    expect(goTime('2026-01-02T15:04:05Z')).toMatch(/^2026-01-0[123] \d\d:\d\d:05 [+-]\d{4} \S+/);
    expect(stampOf(new Date('2026-01-02T15:04:05Z'))).toMatch(/^2026-01-0[123]T\d\d:\d\d:05[+-]\d\d:\d\d$/);
  });

  it.each([undefined, null, '', 'soon'])('that are none (%s) print nothing', (text) => {
    expect(goTime(text)).toBe('');
  });

  it.each([
    [0, '0s'],
    [-5_000, '0s'],
    [59_400, '59s'],
    [65_000, '1m5s'],
    [7_200_000, '2h0m0s'],
  ])('spans of %s ms print as %s', (milliseconds, text) => {
    expect(goSpan(milliseconds)).toBe(text);
  });

  it.each([
    ['2026-01-02T00:00:00Z', '4s'],
    ['2026-01-01T23:58:00Z', '2m'],
    ['2026-01-01T20:00:00Z', '4h'],
    ['2025-12-30T00:00:00Z', '3d'],
    [undefined, ''],
    ['never', ''],
  ])('ages since %s print as %s', (since, text) => {
    expect(age(since, new Date('2026-01-02T00:00:04Z'))).toBe(text);
  });
});
