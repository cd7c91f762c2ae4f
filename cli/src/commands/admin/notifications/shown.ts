import type { JsonObject } from '@tiphys/model';
import { formatDocument } from '../../../output/document.ts';
import { formatTable } from '../../../output/table.ts';
import type { Terminal } from '../../../output/terminal.ts';
import type { Flag } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';

export const listOutput = {
  kind: 'text',
  short: 'o',
  default: 'wide',
  describe: 'Format: wide, name, json or yaml',
} as const satisfies Flag;

export interface Listed {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
  readonly value: JsonObject;
}

/** Prints triggers or templates, one of them where it is named. @throws Failure where there is none of that name */
export function printListed(
  items: readonly Listed[],
  {
    name,
    format,
    header,
  }: { readonly name: string | undefined; readonly format: string; readonly header: readonly string[] },
  out: Terminal,
): void {
  const sorted = [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown = name === undefined ? sorted : sorted.filter((item) => item.name === name);
  if (name !== undefined && shown.length === 0)
    throw new Failure(`${name} is not configured.`, { exitCode: exitCodes.general });
  switch (format) {
    case 'wide':
      out.write(formatTable([header, ...shown.flatMap(({ rows }) => rows)]));
      return;
    case 'name':
      for (const item of shown) out.line(item.name);
      return;
    case 'json':
    case 'yaml':
      out.write(
        formatDocument(name === undefined ? shown.map(({ value }) => value) : shown[0]?.value, format),
      );
      return;
    default:
      throw new Failure(`--output ${format}: it must be wide, name, json or yaml.`, {
        exitCode: exitCodes.general,
      });
  }
}
