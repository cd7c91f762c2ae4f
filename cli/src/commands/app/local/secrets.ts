import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isJsonObject, stringAt, type JsonObject, type JsonValue } from '@tiphys/model';
import { parseJson, parseYamlDocuments, stringifyJson } from '@tiphys/yaml';
import { Failure } from '../../../program/failure.ts';

const MASK = /^\+{8,}$/u;

/**
 * Manifests for a sync of local files. The server shows no values of Secrets, not even of those it was sent, so that
 * they are taken from the files themselves; one that is not written there as it is rendered cannot be synced so.
 */
export async function withSecretValues(
  manifests: readonly string[],
  directory: string,
): Promise<readonly string[]> {
  const objects = manifests.map((text) => ({ text, object: parseJson(text, 'the manifests') }));
  if (!objects.some(({ object }) => isMasked(object))) return manifests;
  const written = await secretsBelow(resolve(directory));
  return objects.map(({ text, object }) => {
    if (!isMasked(object)) return text;
    const own = written.get(keyOf(object));
    if (own !== undefined && keysOf(own) === keysOf(object)) return stringifyJson(restored(object, own));
    throw new Failure(
      `The values of Secret ${stringAt(object, 'metadata', 'name') ?? ''} are made by a tool.`,
      {
        hints: [
          'The server does not show them, so that they cannot be synced from local files: commit them, or leave the ' +
            'Secret out with --resource.',
        ],
      },
    );
  });
}

const isSecret = (value: JsonValue | undefined): value is JsonObject =>
  isJsonObject(value) && value['kind'] === 'Secret' && value['apiVersion'] === 'v1';

const isMasked = (value: JsonValue | undefined): value is JsonObject =>
  isSecret(value) &&
  ['data', 'stringData'].some((key) => {
    const map = value[key];
    return isJsonObject(map) && Object.values(map).some((one) => typeof one === 'string' && MASK.test(one));
  });

const keyOf = (object: JsonObject): string =>
  `${stringAt(object, 'metadata', 'namespace') ?? ''}/${stringAt(object, 'metadata', 'name') ?? ''}`;

/** The names of the values: a Secret that a tool added to is another one than its file says. */
const keysOf = (secret: JsonObject): string =>
  ['data', 'stringData']
    .flatMap((key) => Object.keys(isJsonObject(secret[key]) ? secret[key] : {}))
    .sort()
    .join('/');

/** The rendered object with the values of the file. */
function restored(object: JsonObject, own: JsonObject): JsonObject {
  const { data: _data, stringData: _stringData, ...rest } = object;
  const { data, stringData } = own;
  return {
    ...rest,
    ...(data === undefined ? {} : { data }),
    ...(stringData === undefined ? {} : { stringData }),
  };
}

async function secretsBelow(directory: string): Promise<ReadonlyMap<string, JsonObject>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const found = new Map<string, JsonObject>();
  for (const entry of entries) {
    if (!entry.isFile() || !/\.(ya?ml|json)$/u.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    for (const object of documentsIn(await readFile(file, 'utf8'), file))
      if (isSecret(object)) found.set(keyOf(object), object);
  }
  return found;
}

/** Files of other kinds, such as templates, hold no plain Secrets. */
function documentsIn(text: string, file: string): readonly JsonValue[] {
  try {
    return parseYamlDocuments(text, { file });
  } catch {
    return [];
  }
}
