import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { crdDirs, wireDir } from '../paths.ts';
import type { Definition } from './definition.ts';
import type { Schema } from './schema.ts';
import { jsonCell, parseTable, type TableRow } from './table.ts';

const [crdDir, chartCrdDir] = crdDirs;
const tableFile = resolve(wireDir, 'crds.tsv');
const haveTable = existsSync(tableFile);
if (!haveTable) process.stdout.write(`skipping the comparison of the CRDs with ${tableFile}: no such file\n`);

const plurals = ['applications', 'applicationsets', 'appprojects'] as const;

async function committed(plural: string): Promise<Definition> {
  return load(await readFile(resolve(crdDir, `${plural}.yaml`), 'utf8')) as Definition;
}

/** Every schema node as one line of facts, keyed by its path: the committed YAML read back the other way round. */
function flatten(schema: Schema, path = '', required = false): [string, string][] {
  const { properties = {}, items, additionalProperties, required: needs = [], ...own } = schema;
  const line = JSON.stringify({ ...sorted(own), required });
  return [
    [path === '' ? '.' : path, line],
    ...Object.entries(properties).flatMap(([name, child]) =>
      flatten(child, `${path}.${name}`, needs.includes(name)),
    ),
    ...(items === undefined ? [] : flatten(items, `${path}[]`)),
    ...(additionalProperties === undefined ? [] : flatten(additionalProperties, `${path}{*}`)),
  ];
}

function sorted(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function factsOf(row: TableRow): string {
  const own = {
    ...jsonCell(row.constraints_or_value),
    ...jsonCell(row.x_kubernetes),
    ...(row.type !== '' && { type: row.type.replace(/\(.*/, '') }),
    ...(row.format !== '' && { format: row.format }),
    ...(row.enum !== '' && { enum: row.enum.split(',') }),
  };
  return JSON.stringify({ ...sorted(own), required: row.required === 'yes' });
}

/** The table's rows of one CRD with `children_same_as` written out by copying path prefixes. */
function expand(rows: readonly TableRow[], crd: string, from: string, to: string): [string, string][] {
  const inside = (path: string): boolean =>
    from === '.' || (path.startsWith(from) && /^(|[.[{].*)$/.test(path.slice(from.length)));
  return rows
    .filter((row) => row.version !== '#meta' && row.crd === crd && inside(row.path))
    .flatMap((row): [string, string][] => {
      const path = from === '.' ? row.path : to + row.path.slice(from.length);
      if (row.children_same_as === '') return [[path, factsOf(row)]];
      const dot = row.children_same_as.indexOf('.');
      const target = row.children_same_as.slice(dot);
      const copied = expand(rows, `${row.children_same_as.slice(0, dot)}.argoproj.io`, target, path);
      return [[path, factsOf(row)], ...copied.filter(([at]) => at !== path)];
    });
}

describe('the committed CRDs', () => {
  it('are the three of the group argoproj.io', async () => {
    expect((await readdir(crdDir)).filter((file) => file.endsWith('.yaml')).sort()).toEqual(
      plurals.map((plural) => `${plural}.yaml`),
    );
  });

  it.each(plurals)('hold the same %s text in k8s/ and in the chart', async (plural) => {
    const texts = await Promise.all(
      [crdDir, chartCrdDir].map((dir) => readFile(resolve(dir, `${plural}.yaml`), 'utf8')),
    );
    expect(texts[0]).toBe(texts[1]);
  });

  it.each([
    ['applications', 1809],
    ['appprojects', 97],
    ['applicationsets', 9651],
  ])('%s has %i schema nodes', async (plural, count) => {
    const definition = await committed(plural);
    const schema = definition.spec.versions[0]?.schema.openAPIV3Schema ?? {};
    expect(flatten(schema)).toHaveLength(count);
  });
});

describe.runIf(haveTable)('the committed CRDs against the fact table', async () => {
  const rows = haveTable ? parseTable(await readFile(tableFile, 'utf8')) : [];

  it.each(plurals)(
    '%s: each path has the same type, format, enum, flags and required mark',
    async (plural) => {
      const definition = await committed(plural);
      const actual = new Map(flatten(definition.spec.versions[0]?.schema.openAPIV3Schema ?? {}));
      const wanted = new Map(expand(rows, `${plural}.argoproj.io`, '.', '.'));
      const differing = [...new Set([...wanted.keys(), ...actual.keys()])].filter(
        (path) => wanted.get(path) !== actual.get(path),
      );
      expect(differing).toEqual([]);
      expect(actual.size).toBe(wanted.size);
    },
  );

  it.each(plurals)('%s: names, scope, columns, subresources and labels', async (plural) => {
    const { metadata, spec } = await committed(plural);
    const [version] = spec.versions;
    const meta = rows.filter((row) => row.version === '#meta' && row.crd === `${plural}.argoproj.io`);
    const value = (key: string): string => meta.find(({ path }) => path === key)?.constraints_or_value ?? '';
    expect({ group: spec.group, scope: spec.scope }).toEqual({
      group: value('group'),
      scope: value('scope'),
    });
    expect(spec.names).toEqual({
      kind: value('names.kind'),
      listKind: value('names.listKind'),
      plural: value('names.plural'),
      shortNames: JSON.parse(value('names.shortNames')),
      singular: value('names.singular'),
    });
    expect(metadata.labels).toEqual(JSON.parse(value('metadata.labels')));
    expect(spec.versions).toHaveLength(1);
    expect({ served: version?.served, storage: version?.storage }).toEqual(
      JSON.parse(value('version.v1alpha1')),
    );
    expect(version?.subresources ?? 'none').toEqual(
      value('subresources') === 'none' ? 'none' : JSON.parse(value('subresources')),
    );
    expect(version?.additionalPrinterColumns ?? []).toEqual(
      meta
        .filter(({ path }) => path.startsWith('printerColumn.'))
        .map((row) => jsonCell(row.constraints_or_value)),
    );
  });
});
