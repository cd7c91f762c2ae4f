import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..', '..');
const table = resolve(root, '..', 'shared', 'wire', 'cli.tsv');

/** A flag as the table of facts has it. */
export interface FlagFact {
  /** The command that takes it, without the name of the program: `app list`; empty for all of them. */
  readonly command: string;
  readonly name: string;
  readonly short: string;
  readonly type: string;
  /** Without quotes; empty where the table has none. */
  readonly standard: string;
}

export interface CliFacts {
  readonly commands: readonly string[];
  readonly flags: readonly FlagFact[];
}

/** The commands and flags that scripts rely on; undefined where the table is not beside the repository. */
export function cliFacts(): CliFacts | undefined {
  if (!existsSync(table)) return undefined;
  const rows = readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'));
  return {
    commands: rows.filter(([row]) => row === 'command').map(([, path = '']) => withoutProgram(path)),
    flags: rows.filter(([row]) => row === 'flag').map(flagOf),
  };
}

const withoutProgram = (path: string): string => path.split(' ').slice(1).join(' ');

const flagOf = ([, command = '', name = '', short = '', type = '', standard = '']: readonly string[]) => ({
  command: withoutProgram(command),
  name,
  short: short.replace(/^-/, ''),
  type,
  standard: standard.replace(/^"(.*)"$/, '$1'),
});
