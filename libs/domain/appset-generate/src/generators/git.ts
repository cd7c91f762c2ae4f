import { TiphysError, arrayAt, isJsonObject, messageOf, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { compileGlob } from '@tiphys/glob';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { GitPlace, Params } from '../inputs.ts';
import { flattened } from '../params.ts';
import { withValues } from '../templates/values.ts';
import type { Generation, Generator } from './generator.ts';
import { pathParams } from './path-params.ts';

/** Yields the directories of a repository, or what files in it say. */
export const git: Generator = async (generator, generation) => {
  const place = {
    repoURL: stringAt(generator, 'repoURL') ?? '',
    revision: stringAt(generator, 'revision') ?? '',
  };
  const isByDirectories = arrayAt(generator, 'directories').length > 0;
  if (!isByDirectories && arrayAt(generator, 'files').length === 0) {
    throw new TiphysError('invalid', 'a git generator needs directories or files');
  }
  const found = isByDirectories
    ? await byDirectories(generator, place, generation)
    : await byFiles(generator, place, generation);
  const params: Params[] = [];
  for (const each of found) params.push(await withValues(generator['values'], each, generation.dialect));
  return params;
};

interface Item {
  readonly path: string;
  readonly exclude: boolean;
}

const itemsIn = (items: readonly JsonValue[]): readonly Item[] =>
  items.map((item) => ({
    path: stringAt(item, 'path') ?? '',
    exclude: isJsonObject(item) && item['exclude'] === true,
  }));

async function byDirectories(
  generator: JsonObject,
  place: GitPlace,
  { inputs, dialect }: Generation,
): Promise<readonly Params[]> {
  const items = itemsIn(arrayAt(generator, 'directories'));
  const included = anyOf(items.filter(({ exclude }) => !exclude));
  const excluded = anyOf(items.filter(({ exclude }) => exclude));
  const directories = await inputs.directories(place);
  return directories
    .filter((directory) => included(directory) && !excluded(directory))
    .map((directory) => pathParams(directory, { ...dialect, prefix: prefixOf(generator) }));
}

/** @throws TiphysError `invalid` for a pattern that is none */
function anyOf(items: readonly Item[]): (path: string) => boolean {
  const tests = items.map(({ path }) => {
    const matches = compileGlob(path, { separator: '/' });
    if (matches === undefined) throw new TiphysError('invalid', `'${path}' is no pattern of directories`);
    return matches;
  });
  return (path) => tests.some((matches) => matches(path));
}

async function byFiles(
  generator: JsonObject,
  place: GitPlace,
  { inputs, dialect }: Generation,
): Promise<readonly Params[]> {
  const items = itemsIn(arrayAt(generator, 'files'));
  const patterns = (exclude: boolean): readonly string[] =>
    items.filter((item) => item.exclude === exclude).map(({ path }) => path);
  const files = await inputs.files(place, patterns(false));
  const excluded = patterns(true).length === 0 ? {} : await inputs.files(place, patterns(true));
  return Object.keys(files)
    .filter((path) => !Object.hasOwn(excluded, path))
    .sort()
    .flatMap((path) =>
      objectsIn(files[path] ?? '', path).map((object) => ({
        ...(dialect.goTemplate ? object : flattened(object)),
        ...pathParams(path, { ...dialect, prefix: prefixOf(generator), isFile: true }),
      })),
    );
}

const prefixOf = (generator: JsonObject): string => stringAt(generator, 'pathParamPrefix') ?? '';

/** The objects of a file: one, or a list of them. An empty file has one without keys. */
function objectsIn(text: string, path: string): readonly JsonObject[] {
  const [document] = parsed(text, path);
  if (document === undefined || document === null) return [{}];
  const items = Array.isArray(document) ? (document as readonly JsonValue[]) : [document];
  if (!items.every(isJsonObject)) {
    throw new TiphysError(
      'invalid',
      `unable to process file '${path}': it holds neither an object nor a list of objects`,
    );
  }
  return items;
}

function parsed(text: string, path: string): readonly JsonValue[] {
  try {
    return parseYamlDocuments(text, { file: path });
  } catch (cause) {
    throw new TiphysError('invalid', `unable to process file '${path}': ${messageOf(cause)}`, { cause });
  }
}
