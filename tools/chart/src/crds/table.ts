import { z } from 'zod';

/** One line of the CRD fact table. Empty cells are empty strings. */
export interface TableRow {
  readonly crd: string;
  readonly version: string;
  readonly path: string;
  readonly type: string;
  readonly required: string;
  readonly enum: string;
  readonly format: string;
  readonly default: string;
  readonly x_kubernetes: string;
  readonly constraints_or_value: string;
  readonly children_same_as: string;
}

const columns = [
  'crd',
  'version',
  'path',
  'type',
  'required',
  'enum',
  'format',
  'default',
  'x_kubernetes',
  'constraints_or_value',
  'children_same_as',
] as const;

const jsonObject = z.record(z.string(), z.unknown());

/**
 * Parses the tab-separated CRD table, header line included.
 *
 * @throws Error when the header lacks a column that the generator needs.
 */
export function parseTable(text: string): readonly TableRow[] {
  const [header = '', ...lines] = text.split('\n');
  const names = header.split('\t');
  const at = columns.map((column) => names.indexOf(column));
  const missing = columns.filter((_, i) => at[i] === -1);
  if (missing.length > 0) throw new Error(`the CRD table lacks the columns ${missing.join(', ')}`);
  return lines.filter((line) => line !== '').map((line) => toRow(line.split('\t'), at));
}

function toRow(cells: readonly string[], at: readonly number[]): TableRow {
  const cell = (i: number): string => cells[at[i] ?? -1] ?? '';
  return {
    crd: cell(0),
    version: cell(1),
    path: cell(2),
    type: cell(3),
    required: cell(4),
    enum: cell(5),
    format: cell(6),
    default: cell(7),
    x_kubernetes: cell(8),
    constraints_or_value: cell(9),
    children_same_as: cell(10),
  };
}

/** The JSON object in a cell; an empty cell is an empty object. */
export function jsonCell(text: string): Record<string, unknown> {
  return text === '' ? {} : jsonObject.parse(JSON.parse(text));
}
