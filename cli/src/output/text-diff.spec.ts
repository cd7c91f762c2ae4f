import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTextDiff, type DiffFormat } from './text-diff.ts';

const paint = (text: string): string => text;
const diff = (before: string, after: string, format: DiffFormat): string =>
  formatTextDiff(before, after, { format, paint });

/** What a difference makes of a text. */
const patched = (before: string, difference: string, format: DiffFormat): string | false =>
  format === 'unified' ? applyPatch(before, difference) : withNormal(before, difference);

/** Follows the commands of a plain difference from the last one to the first, so that line numbers stay true. */
function withNormal(before: string, difference: string): string {
  const lines = before.split('\n');
  const commands = difference.split(/^(?=\d)/m).filter((text) => text !== '');
  for (const command of commands.reverse()) {
    const [, first = '0', last = first, letter] = /^(\d+)(?:,(\d+))?([acd])/.exec(command) ?? [];
    const added = [...command.matchAll(/^> (.*)$/gm)].map(([, line = '']) => line);
    const start = letter === 'a' ? Number(first) : Number(first) - 1;
    lines.splice(start, letter === 'a' ? 0 : Number(last) - start, ...added);
  }
  return lines.join('\n');
}

describe.each(['unified', 'normal'] as const)('a %s difference', (format) => {
  it('of equal texts is empty', () => {
    expect(diff('a\nb\n', 'a\nb\n', format)).toBe('');
  });

  it('leads from one text to the other', () => {
    const line = fc.constantFrom('a', 'b', 'c', 'd');
    const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => `${lines.join('\n')}\n`);
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, diff(before, after, format), format)).toBe(after);
      }),
    );
  });
});

describe('the form of a difference', () => {
  it('is that of diff -u', () => {
    expect(diff('a\nb\nc\n', 'a\nx\nc\n', 'unified')).toBe(
      '--- live\n+++ desired\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n',
    );
    expect(diff('', 'a\n', 'unified')).toBe('--- live\n+++ desired\n@@ -0,0 +1 @@\n+a\n');
    expect(diff('a\n', '', 'unified')).toBe('--- live\n+++ desired\n@@ -1 +0,0 @@\n-a\n');
  });

  it('is that of plain diff', () => {
    expect(diff('a\nb\nc\n', 'a\nx\nc\nd\n', 'normal')).toBe('2c2\n< b\n---\n> x\n3a4\n> d\n');
    expect(diff('', 'a\nb\n', 'normal')).toBe('0a1,2\n> a\n> b\n');
    expect(diff('a\nb\n', 'b\n', 'normal')).toBe('1d0\n< a\n');
  });
});
