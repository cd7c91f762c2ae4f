import type { JsonValue } from '@tiphys/model';
import { dumpYaml, stringifyJson } from '@tiphys/yaml';

const INDENT = 2;

/** JSON or YAML for scripts: all that the server sent, with sorted keys in YAML. */
export const formatDocument = (value: unknown, format: 'json' | 'yaml'): string =>
  format === 'json'
    ? `${stringifyJson(value as JsonValue, INDENT)}\n`
    : dumpYaml(sorted(value as JsonValue), { style: 'kubernetes' });

function sorted(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, sorted(child)]),
  );
}
