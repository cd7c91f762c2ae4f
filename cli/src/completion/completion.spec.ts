import { describe, expect, it } from 'vitest';
import { groups, table } from '../commands/table.ts';
import { terminalOn } from '../output/terminal.ts';
import { addFlags } from '../program/flags.ts';
import { globalFlags } from '../program/global-flags.ts';
import { GoStyleCommand } from '../program/go-style-command.ts';
import { complete } from './complete.ts';
import { typedLine } from './words.ts';

async function answer(shell: string, words: readonly string[]): Promise<readonly string[]> {
  let text = '';
  const program = new GoStyleCommand();
  addFlags(program, globalFlags);
  const out = terminalOn({ write: (more: string) => (text += more) }, {});
  await complete([shell, ...words], { table, groups, program, env: { HOME: '/nowhere' }, out });
  return text.split('\n').filter((line) => line !== '');
}

const texts = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split('\t')[0] ?? '');

describe('the candidates under the cursor', () => {
  it.each<[string, readonly string[]]>([
    ['tiphys vers', ['version']],
    ['tiphys app roll', ['rollback']],
    ['tiphys --plaintext --server x app roll', ['rollback']],
    ['tiphys app actions ', ['list', 'run']],
    ['tiphys app get shop --hard', ['--hard-refresh']],
    ['tiphys app get shop --show-', ['--show-operation', '--show-params']],
    ['tiphys app list -o y', ['yaml']],
    ['tiphys app list --output=', ['wide', 'json', 'yaml', 'name']],
    ['tiphys app list --output=y', ['yaml']],
    ['tiphys app set shop --sync-policy a', ['automated']],
    ['tiphys app wait shop --sync=', ['true', 'false']],
    ['tiphys completion ', ['bash', 'zsh', 'fish']],
    ['tiphys app create -f ', [':files']],
    ['tiphys nosuch ', []],
    ['tiphys context ', []],
    ["tiphys app get 'an open quo", []],
  ])('%s', async (line, expected) => {
    expect(texts(await answer('bash', [line]))).toEqual(expected);
  });

  it('come with what they mean, and whole, for shells that break no words', async () => {
    expect(await answer('zsh', ['app', 'hist'])).toEqual(['history\tShow what was deployed when']);
    expect(await answer('fish', ['app', 'list', '--output=y'])).toEqual(['--output=yaml']);
  });

  it('offers no hidden flags', async () => {
    expect(texts(await answer('bash', ['tiphys app list --']))).not.toContain('--grpc-web');
  });
});

describe('a line that is typed', () => {
  it.each([
    ['a b', ['a'], 'b'],
    ['a b ', ['a', 'b'], ''],
    ['a "b c" d\\ e', ['a', 'b c'], 'd e'],
    ["a 'b", ['a'], 'b'],
    ['', [], ''],
  ])('%j', (line, before, current) => {
    expect(typedLine(line)).toEqual({ before, current });
  });
});
