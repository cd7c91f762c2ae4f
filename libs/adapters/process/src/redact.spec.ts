import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

describe('redact', () => {
  it.each([
    ['https://user:pw@host/repo', [], 'https://host/repo'],
    ['ssh://git@host:22/repo', [], 'ssh://host:22/repo'],
    ['see https://host/a@b', [], 'see https://host/a@b'],
    ['pw=p%40ss p@ss cEBzcw==', ['p@ss'], 'pw=****** ****** ******'],
    ['nothing', [''], 'nothing'],
  ])('%s', (input, secrets, expected) => {
    expect(redact(input, secrets)).toBe(expected);
  });

  it('leaves no secret in any text', () => {
    const secret = fc.string({ minLength: 4 }).filter((value) => !'******'.includes(value));
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, hidden, after) => {
        expect(redact(before + hidden + after, [hidden])).not.toContain(hidden);
      }),
    );
  });
});
