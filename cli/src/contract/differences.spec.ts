import { describe, expect, it } from 'vitest';
import type { FlagSet } from '../program/definition.ts';
import { differences } from './differences.ts';
import type { FlagFact } from './facts.ts';

const fact = (parts: Partial<FlagFact>): FlagFact => ({
  command: 'app list',
  name: 'output',
  short: '',
  type: 'string',
  standard: '',
  ...parts,
});

const missing = (flags: readonly FlagFact[], ours: FlagSet, everywhere: FlagSet = {}) =>
  differences(
    { commands: ['', 'app', 'app list'], flags },
    new Map([
      ['', everywhere],
      ['app list', ours],
    ]),
  );

describe('what the facts have and the program has not', () => {
  const output = { kind: 'text', short: 'o', default: 'wide', describe: 'Format' } as const;

  it.each([
    ['the same', [fact({ short: 'o', standard: 'wide' })], []],
    ['no such flag', [fact({ name: 'depth', type: 'int' })], ['app list --depth']],
    ['another shorthand', [fact({ standard: 'wide' })], ['app list --output: none, not -o']],
    [
      'another kind',
      [fact({ short: 'o', standard: 'wide', type: 'bool' })],
      ['app list --output: switch, not text'],
    ],
    ['another default', [fact({ short: 'o' })], ['app list --output: default none, not wide']],
    ['a flag of a command that is not there', [fact({ command: 'app logs' })], ['app logs --output']],
    ['a flag of the group', [fact({ command: 'app', name: 'core' })], ['app --core']],
    [
      'a flag of the group that the command has otherwise',
      [fact({ command: 'app', type: 'bool' }), fact({ short: 'o', standard: 'wide' })],
      [],
    ],
  ])('%s', (_case, facts, expected) => {
    expect(missing(facts, { output })).toEqual(expected);
  });

  it('a flag that every command takes is had by each', () => {
    expect(missing([fact({ short: 'o', standard: 'wide' })], {}, { output })).toEqual([]);
  });

  it('tells lists that are split at commas from those that are not', () => {
    const facts = [fact({ type: 'strings' })];
    const list = { kind: 'list', describe: 'Outputs' } as const;
    expect(missing(facts, { output: list })).toEqual(['app list --output: list with commas, not list']);
    expect(missing(facts, { output: { ...list, commas: true } })).toEqual([]);
  });

  it('an absent command is named', () => {
    const facts = { commands: ['app logs'], flags: [] };
    expect(differences(facts, new Map([['app list', {}]]))).toEqual(['app logs']);
  });
});
