import { join } from 'node:path/posix';
import { isJsonObject, TiphysError, type JsonValue } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { parseJson } from '@tiphys/yaml';

const ALLOWED = /^(#|https?:\/\/|urn:)/i;
const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];

/**
 * Refuses value schemas that refer to files: Helm would read them from anywhere on this machine. The error is
 * `invalid` and names the schema.
 */
export async function assertLocalSchemas(root: RepoRoot, path: string): Promise<void> {
  const schemas = (await root.walk(path)).filter((file) => /(^|\/)values\.schema\.json$/.test(file));
  for (const schema of schemas) {
    const file = join(path, schema);
    const reference = fileReference(parseJson(await root.readFile(file), file));
    if (reference === undefined) continue;
    throw new TiphysError(
      'invalid',
      `${file} refers to the file ${JSON.stringify(reference)}, which is not allowed: put the definition into the schema`,
    );
  }
}

function fileReference(value: JsonValue | undefined): string | undefined {
  if (Array.isArray(value)) return firstOf(value as readonly JsonValue[]);
  if (!isJsonObject(value)) return undefined;
  const own = REFERENCES.map((key) => value[key]).find(
    (reference) => typeof reference === 'string' && !ALLOWED.test(reference),
  );
  if (typeof own === 'string') return own;
  const id = value['$id'];
  if (typeof id === 'string' && /^file:/i.test(id)) return id;
  return firstOf(Object.values(value));
}

function firstOf(values: readonly (JsonValue | undefined)[]): string | undefined {
  for (const value of values) {
    const found = fileReference(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
