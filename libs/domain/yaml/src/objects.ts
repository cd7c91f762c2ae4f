import { isJsonObject, TiphysError, type JsonObject, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments, type ParseYamlOptions } from './documents.ts';
import { parseJson } from './json.ts';

export type ParseObjectsOptions = ParseYamlOptions;

/**
 * The Kubernetes objects of a YAML stream or a JSON text, in order; lists are flattened, empty documents left out.
 * Errors are TiphysError `invalid` that name the file and the document: text that does not parse, or a document
 * without `apiVersion` or `kind`.
 */
export function parseKubernetesObjects(text: string, options: ParseObjectsOptions): readonly JsonObject[] {
  return parseDocuments(text, options).flatMap((document, index) =>
    document === null ? [] : flatten(document, `document ${String(index + 1)} of ${options.file}`),
  );
}

function parseDocuments(text: string, options: ParseObjectsOptions): readonly JsonValue[] {
  if (!/^\uFEFF?\s*[{[]/.test(text)) return parseYamlDocuments(text, options);
  try {
    return asList(parseJson(text, options.file));
  } catch {
    return parseYamlDocuments(text, options).flatMap(asList);
  }
}

const asList = (value: JsonValue): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [value];

function flatten(value: JsonValue, where: string): readonly JsonObject[] {
  if (!isJsonObject(value)) throw notAnObject(where, 'it is not a mapping');
  const { apiVersion, kind, items } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') throw notAnObject(where, 'it has no apiVersion');
  if (typeof kind !== 'string' || kind === '') throw notAnObject(where, 'it has no kind');
  if (!kind.endsWith('List') || !Array.isArray(items)) return [value];
  const itemKind = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return (items as readonly JsonValue[]).flatMap((item, index) =>
    flatten(
      isJsonObject(item) ? { ...itemKind, ...item } : item,
      `item ${String(index + 1)} of the ${kind} in ${where}`,
    ),
  );
}

const notAnObject = (where: string, why: string): TiphysError =>
  new TiphysError('invalid', `${where} is not a Kubernetes object: ${why}`);
