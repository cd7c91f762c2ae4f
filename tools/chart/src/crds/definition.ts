import { z } from 'zod';
import { plantForest, schemaOf, type Schema } from './schema.ts';
import { jsonCell, type TableRow } from './table.ts';

/** A CustomResourceDefinition with the parts that the table tells of. */
export interface Definition {
  apiVersion: 'apiextensions.k8s.io/v1';
  kind: 'CustomResourceDefinition';
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    group: string;
    scope: string;
    names: { kind: string; listKind: string; plural: string; shortNames: string[]; singular: string };
    versions: DefinitionVersion[];
  };
}

export interface DefinitionVersion {
  name: string;
  served: boolean;
  storage: boolean;
  additionalPrinterColumns?: Record<string, unknown>[];
  schema: { openAPIV3Schema: Schema };
  subresources?: Record<string, unknown>;
}

const labels = z.record(z.string(), z.string());
const flags = z.object({ served: z.boolean(), storage: z.boolean() });

/** Builds every CRD of the table, in the table's order. */
export function definitionsOf(rows: readonly TableRow[]): readonly Definition[] {
  const forest = plantForest(rows);
  const names = [...new Set(rows.map(({ crd }) => crd))];
  return names.map((name) => {
    const meta = new Map(
      rows.filter((row) => row.crd === name && row.version === '#meta').map((row) => [row.path, row]),
    );
    return definition(name, meta, schemaOf(forest, name.slice(0, name.indexOf('.'))));
  });
}

type Meta = ReadonlyMap<string, TableRow>;

function definition(name: string, meta: Meta, schema: Schema): Definition {
  const text = (key: string): string => metaValue(name, meta, key);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name, labels: labels.parse(jsonCell(text('metadata.labels'))) },
    spec: {
      group: text('group'),
      scope: text('scope'),
      names: {
        kind: text('names.kind'),
        listKind: text('names.listKind'),
        plural: text('names.plural'),
        shortNames: z.array(z.string()).parse(JSON.parse(text('names.shortNames'))),
        singular: text('names.singular'),
      },
      versions: [...meta.keys()]
        .filter((key) => key.startsWith('version.'))
        .map((key) => versionOf(key.slice('version.'.length), meta, { flags: text(key), schema })),
    },
  };
}

function versionOf(name: string, meta: Meta, found: { flags: string; schema: Schema }): DefinitionVersion {
  const columns = [...meta.values()].filter(({ path }) => path.startsWith('printerColumn.'));
  const subresources = meta.get('subresources')?.constraints_or_value ?? 'none';
  return {
    name,
    ...flags.parse(JSON.parse(found.flags)),
    ...(columns.length > 0 && {
      additionalPrinterColumns: columns.map((row) => jsonCell(row.constraints_or_value)),
    }),
    schema: { openAPIV3Schema: found.schema },
    ...(subresources !== 'none' && { subresources: jsonCell(subresources) }),
  };
}

function metaValue(name: string, meta: Meta, key: string): string {
  const row = meta.get(key);
  if (row === undefined) throw new Error(`the CRD table has no ${key} for ${name}`);
  return row.constraints_or_value;
}
