import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTable } from './table.ts';

describe('formatTable', () => {
  it('aligns all columns but the last', () => {
    const rows = [
      ['NAME', 'STATUS', 'MESSAGE'],
      ['a', 'OutOfSync', ''],
      ['longer', '', 'text'],
    ];
    expect(formatTable(rows)).toBe(
      'NAME    STATUS     MESSAGE\na       OutOfSync  \nlonger             text\n',
    );
  });

  it('widens columns to the left where asked', () => {
    expect(
      formatTable(
        [
          ['t', 'GROUP'],
          ['t', ''],
        ],
        { alignRight: [0, 7] },
      ),
    ).toBe('t    GROUP\nt         \n'.replace('t         ', 't         '));
  });

  it('counts characters, not bytes, and colours after aligning', () => {
    const paint = (text: string): string => `<${text}>`;
    const rows = [
      [{ text: 'é', colour: 'red' as const }, 'x'],
      ['ab', 'y'],
    ];
    expect(formatTable(rows, { paint })).toBe('<é>   x\nab  y\n');
  });

  it('starts each column at the same place in every row', () => {
    const cell = fc.stringMatching(/^[a-z]{0,6}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1 }), (rows) => {
        const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
        const start = (widths[0] ?? 0) + (widths[1] ?? 0) + 4;
        const lines = formatTable(rows).split('\n').slice(0, -1);
        expect(lines.map((line) => line.slice(start))).toEqual(rows.map((row) => row[2]));
      }),
    );
  });

  it('is empty without rows', () => {
    expect(formatTable([])).toBe('');
  });
});
