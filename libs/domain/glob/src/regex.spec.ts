import { describe, expect, it } from 'vitest';
import { compileRegex } from './index.ts';

describe('compileRegex', () => {
  it.each([
    ['^team-.*$', 'team-a', true],
    ['(a|b)/.*', 'b/x', true],
    ['(?i)^TEAM', 'team-a', true],
    ['^team$', 'team-a', false],
  ])('%s over %s: %s', (body, text, expected) => expect(compileRegex(body)?.test(text)).toBe(expected));

  it.each(['(', '(a+)+$', '(a|a)*b', String.raw`(a)\1`])('is undefined for %s', (body) =>
    expect(compileRegex(body)).toBeUndefined(),
  );
});
