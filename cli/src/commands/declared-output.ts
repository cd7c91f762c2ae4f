import { formatDocument } from '../output/document.ts';
import { checkFormat } from '../output/format.ts';
import { formatTable, type Row } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

/** How a list is shown: as a table, one word an entry, or as a document. */
export interface Shape<T> {
  readonly header: Row;
  readonly row: (item: T) => Row;
  /** Name of the format that shows one word of each entry. */
  readonly word?: readonly [format: string, of: (item: T) => string];
}

/** @throws Failure for a format that the list does not have */
export function printList<T>(out: Terminal, asked: string, items: readonly T[], shape: Shape<T>): void {
  const { header, row, word } = shape;
  const format = checkFormat(asked, ['wide', 'json', 'yaml', ...(word === undefined ? [] : [word[0]])]);
  if (format === 'wide') out.write(formatTable([header, ...items.map(row)]));
  else if (format === 'json' || format === 'yaml') out.write(formatDocument(items, format));
  else for (const item of items) out.line(word?.[1](item) ?? '');
}

/** @throws Failure for a format that is none of documents, and not `wide` */
export function printOne<T>(out: Terminal, asked: string, item: T, wide: (item: T) => string): void {
  const format = checkFormat(asked, ['wide', 'json', 'yaml']);
  out.write(format === 'wide' ? wide(item) : formatDocument(item, format));
}
