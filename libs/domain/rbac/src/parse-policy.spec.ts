import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from './index.ts';

const read = (line: string) => parsePolicy(line, 'policy.csv');

describe('a policy', () => {
  it('is read line by line, without comments and empty lines', () => {
    const { rules, mistakes } = read(
      '# team a\n\n  p, role:a, applications, get, a/*, allow  \r\ng, "x, y", role:a\n',
    );
    expect(mistakes).toEqual([]);
    expect(rules).toEqual([
      {
        type: 'permission',
        subject: 'role:a',
        resource: 'applications',
        action: 'get',
        object: 'a/*',
        isAllowed: true,
      },
      { type: 'membership', member: 'x, y', role: 'role:a' },
    ]);
  });

  it.each([
    ['p, a, applications, get, */*', 'has the form "p, subject'],
    ['p, a, applications, get, */*, allow, more', 'has the form "p, subject'],
    ['g, a', 'has the form "g, member, role"'],
    ['g, a, b, c', 'has the form "g, member, role"'],
    ['valueOf', 'begins with p or g'],
    ['x, a, b', 'begins with p or g, not with "x"'],
    ['g, a"b, c', 'double quotes'],
    ['g, "a"b, c', 'double quotes'],
    ['g, "a, c', 'double quotes'],
  ])('%s is refused with line and reason', (line, reason) => {
    const { mistakes } = read(`g, a, b\n${line}`);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain('policy.csv, line 2: ');
    expect(mistakes[0]).toContain(reason);
  });

  it('drops a rule whose effect is unknown, and says so', () => {
    expect(read('p, a, b, c, d, Allow')).toEqual({
      rules: [],
      mistakes: [],
      remarks: ['policy.csv, line 1: the effect is neither allow nor deny'],
    });
  });

  it.each(['*', '(', '(a+)+$'])('of regular expressions refuses %s', (pattern) => {
    expect(parsePolicy(`p, a, ${pattern}, get, x, allow`, 'policy.csv', 'regex').mistakes).toHaveLength(1);
  });

  it('never throws, whatever the text', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void read(text))));

  it('gives any fields back that were quoted', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[^\r\n]*$/u), fc.string(), (member, other) => {
        const quoted = `"${member.replaceAll('"', '""')}"`;
        const [rule] = read(`g, ${quoted}, r\n# ${other.replaceAll(/[\r\n]/gu, '')}`).rules;
        expect(rule).toEqual({ type: 'membership', member, role: 'r' });
      }),
    ));
});
