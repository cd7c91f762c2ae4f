import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const page = resolve(root, 'docs/operate/degradation.md');
const rows = (await readFile(page, 'utf8'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| fault') && !/^\|[\s|:-]+$/u.test(line))
  .map((line) => line.split(' | '));

/** Titles and files of the tests that the last cell of a row names. */
function testsOf(cell: string): readonly { readonly title: string; readonly file: string }[] {
  return [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/gu)].map(([, title = '', link = '']) => ({
    title,
    file: resolve(dirname(page), link),
  }));
}

describe('docs/operate/degradation.md', () => {
  it('tells of many faults, each in all of its columns', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((cells) => cells.length !== 5 || cells.some((cell) => cell.trim() === ''))).toEqual(
      [],
    );
  });

  it.each(rows.map((cells) => [cells[0]?.replace('| ', ''), cells.at(-1) ?? ''] as const))(
    'names a test that exists for: %s',
    async (_fault, cell) => {
      const tests = testsOf(cell);
      expect(tests.length).toBeGreaterThan(0);
      for (const { title, file } of tests) {
        expect(existsSync(file), relative(root, file)).toBe(true);
        expect(file).toMatch(/\.(spec|e2e)\.ts$/u);
        expect(await readFile(file, 'utf8')).toContain(`'${title}'`);
      }
    },
  );
});
