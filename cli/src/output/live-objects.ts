import { isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { stringifyJson } from '@tiphys/yaml';
import { formatDocument } from './document.ts';
import { formatTable, type Row } from './table.ts';

export interface LiveObjectFormat {
  readonly format: 'wide' | 'json' | 'yaml';
  /** True where one object was asked for by its name, which then needs no column. */
  readonly isNamed: boolean;
}

/** Live objects: a table of their fields, or documents one after the other. */
export function formatLiveObjects(
  objects: readonly JsonObject[],
  { format, isNamed }: LiveObjectFormat,
): string {
  if (format === 'json') return objects.map((object) => `${stringifyJson(object, 1)}\n`).join('---\n');
  if (format === 'yaml') return objects.map((object) => `${formatDocument(object, 'yaml')}\n`).join('---\n');
  const rows = objects.flatMap((object) =>
    fieldsOf(object).map(([field, value]): Row => {
      const name = stringAt(object, 'metadata', 'name') ?? '';
      return isNamed ? [field, value] : [field, name, value];
    }),
  );
  return formatTable([isNamed ? ['FIELD', 'VALUE'] : ['FIELD', 'RESOURCE NAME', 'VALUE'], ...rows]);
}

type Field = readonly [path: string, value: string];

/** Each value that is no object and no list, with the way to it. */
function fieldsOf(value: JsonValue | undefined, path = ''): readonly Field[] {
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).flatMap((item, index) =>
      fieldsOf(item, `${path}[${String(index)}]`),
    );
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([key, inner]) =>
      fieldsOf(inner, path === '' ? key : `${path}.${key}`),
    );
  return [[path, typeof value === 'string' ? value : stringifyJson(value ?? null)]];
}

/** An object with its name and only some of its fields; of a list, those fields of each item. */
export function withFields(object: JsonObject, fields: readonly string[]): JsonObject {
  const paths = ['metadata.name', ...fields].map((field) => field.split('.'));
  const picked = pick(object, paths);
  return isJsonObject(picked) ? picked : {};
}

function pick(value: JsonValue | undefined, paths: readonly (readonly string[])[]): JsonValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => pick(item, paths) ?? null);
  if (!isJsonObject(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const rest = paths.filter(([first]) => first === key).map((path) => path.slice(1));
    const found = rest.length === 0 ? undefined : pick(inner, rest);
    return found === undefined ? [] : [[key, found] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
