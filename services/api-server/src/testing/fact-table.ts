import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const wire = resolve(import.meta.dirname, '../../../../../shared/wire');

export type Row = Readonly<Record<string, string>>;

/** The rows of a table of facts about the compatible API; undefined, and said so, where the tables are not at hand. */
export function factTable(name: string): readonly Row[] | undefined {
  const file = resolve(wire, name);
  if (!existsSync(file)) {
    process.stderr.write(`skipped: the fact table ${name} is not here\n`);
    return undefined;
  }
  const [head = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const keys = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(keys.map((key, index) => [key, cells[index] ?? '']));
  });
}
