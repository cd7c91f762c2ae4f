import { describe, expect, it } from 'vitest';
import { pathSteps, plantForest, schemaOf } from './schema.ts';
import { parseTable } from './table.ts';

const header =
  'crd\tversion\tpath\ttype\trequired\tenum\tformat\tdefault\tx_kubernetes\tconstraints_or_value\tchildren_same_as';
const row = (
  path: string,
  type: string,
  more: { required?: string; x?: string; same?: string } = {},
): string =>
  [
    'things.example.io',
    'v1',
    path,
    type,
    more.required ?? 'no',
    '',
    '',
    '',
    more.x ?? '',
    '',
    more.same ?? '',
  ].join('\t');
const table = (...rows: string[]): string => [header, ...rows].join('\n');

describe('pathSteps', () => {
  it.each([
    ['.', []],
    ['.spec.sources[].helm', ['.spec', '.sources', '[]', '.helm']],
    ['.labels{*}', ['.labels', '{*}']],
  ])('%s', (path, steps) => expect(pathSteps(path)).toEqual(steps));

  it('refuses what it cannot read', () => expect(() => pathSteps('.a{b}')).toThrow('.a{b}'));
});

describe('schemaOf', () => {
  it('nests properties, items and maps, and lists required names on the parent', () => {
    const rows = parseTable(
      table(
        row('.', 'object'),
        row('.list', 'array', { required: 'yes' }),
        row('.list[]', 'object(map<string>)'),
        row('.list[]{*}', 'string'),
      ),
    );
    expect(schemaOf(plantForest(rows), 'things')).toEqual({
      type: 'object',
      required: ['list'],
      properties: {
        list: { type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } },
      },
    });
  });

  it('writes out a repeated subtree and keeps the flags of the row that repeats it', () => {
    const rows = parseTable(
      table(
        row('.', 'object'),
        row('.a', 'object'),
        row('.a.b', 'string', { required: 'yes' }),
        row('.c', 'object', { same: 'things.a', x: '{"x-kubernetes-map-type":"atomic"}' }),
      ),
    );
    expect(schemaOf(plantForest(rows), 'things').properties?.['c']).toEqual({
      type: 'object',
      'x-kubernetes-map-type': 'atomic',
      required: ['b'],
      properties: { b: { type: 'string' } },
    });
  });

  it('names the row that is missing', () => {
    const rows = parseTable(table(row('.', 'object'), row('.c', 'object', { same: 'things.gone' })));
    expect(() => schemaOf(plantForest(rows), 'things')).toThrow('things.gone');
  });

  it('names the columns that are missing', () => {
    expect(() => parseTable('crd\tversion')).toThrow('path');
  });
});
