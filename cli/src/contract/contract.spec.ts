import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { table } from '../commands/table.ts';
import type { FlagSet } from '../program/definition.ts';
import { globalFlags } from '../program/global-flags.ts';
import { chosen } from './chosen.ts';
import { differences } from './differences.ts';
import { cliFacts } from './facts.ts';

/**
 * What is missing, a file a group of commands, a line each. The lists may only shrink: whoever adds a command or a
 * flag takes its line out.
 */
const folder = join(import.meta.dirname, 'missing');
const nounOf = (line: string): string => (/^[a-z]/.test(line) ? (line.split(' ')[0] ?? '') : 'every-command');

const facts = cliFacts();
if (facts === undefined) console.warn('skipped: wire/cli.tsv is not beside the repository');

describe.runIf(facts !== undefined)('commands and flags that scripts rely on', () => {
  const missing = new Map<string, string[]>();

  beforeAll(async () => {
    const ours = new Map<string, FlagSet>([['', globalFlags]]);
    for (const { path, load } of table) ours.set(path.join(' '), (await load()).command.flags);
    for (const line of differences(facts ?? { commands: [], flags: [] }, ours)) {
      if (!(line in chosen)) missing.set(nounOf(line), [...(missing.get(nounOf(line)) ?? []), line]);
    }
  });

  const listed = readdirSync(folder).map((file) => file.replace('.txt', ''));

  it.each(listed)('%s: what is missing is what the list says', (noun) => {
    const lines = readFileSync(join(folder, `${noun}.txt`), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect({ gone: lines.filter((line) => !missing.get(noun)?.includes(line)) }).toEqual({ gone: [] });
    expect({ more: missing.get(noun)?.filter((line) => !lines.includes(line)) ?? [] }).toEqual({ more: [] });
  });

  it('nothing is missing elsewhere', () => {
    expect([...missing].filter(([noun]) => !listed.includes(noun))).toEqual([]);
  });
});
