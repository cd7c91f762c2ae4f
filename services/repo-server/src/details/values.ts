import { isJsonObject, type JsonValue } from '@tiphys/model';

/** More parameters than this are not told. */
const MAX_PARAMETERS = 10_000;

/** Every scalar of values by its path, as `--set` takes it: `a.b[0].c`. Later ones win. */
export function flatten(values: JsonValue | undefined, into: Map<string, string>, prefix = ''): void {
  if (into.size >= MAX_PARAMETERS) return;
  if (Array.isArray(values)) {
    (values as readonly JsonValue[]).forEach((item, index) => flatten(item, into, `${prefix}[${index}]`));
  } else if (isJsonObject(values)) {
    for (const [key, value] of Object.entries(values))
      flatten(value, into, prefix === '' ? key : `${prefix}.${key}`);
  } else if (prefix !== '') {
    into.set(prefix, textOf(values));
  }
}

const textOf = (value: JsonValue | undefined): string =>
  value === undefined || value === null || typeof value === 'object' ? '' : String(value);
