import type { Colour, Paint } from './terminal.ts';

export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

export type Row = readonly (string | Cell)[];

export interface TableOptions {
  readonly paint?: Paint;
  /** Columns narrower than this are widened, with the text to the right. */
  readonly alignRight?: readonly number[];
}

const GAP = 2;

const textOf = (cell: string | Cell): string => (typeof cell === 'string' ? cell : cell.text);
const widthOf = (text: string): number => [...text].length;

/**
 * Lines of aligned columns, two spaces apart. The last column is as long as its text, so that a long message costs no
 * padding in other rows.
 */
export function formatTable(rows: readonly Row[], options: TableOptions = {}): string {
  const texts = rows.map((row) => row.map((cell, column) => aligned(textOf(cell), column, options)));
  const columns = Math.max(0, ...texts.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...texts.map((row) => widthOf(row[column] ?? ''))),
  );
  const lines = rows.map((row, index) =>
    row.map((cell, column) => {
      const text = texts[index]?.[column] ?? '';
      const shown = painted(text, cell, options.paint);
      return column === columns - 1 ? shown : shown + ' '.repeat((widths[column] ?? 0) - widthOf(text) + GAP);
    }),
  );
  return lines.map((line) => `${line.join('')}\n`).join('');
}

const aligned = (text: string, column: number, { alignRight = [] }: TableOptions): string =>
  ' '.repeat(Math.max(0, (alignRight[column] ?? 0) - widthOf(text))) + text;

function painted(text: string, cell: string | Cell, paint: Paint | undefined): string {
  if (typeof cell === 'string' || cell.colour === undefined || paint === undefined) return text;
  return paint(text, cell.colour);
}
