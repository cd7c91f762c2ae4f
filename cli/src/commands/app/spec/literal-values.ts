import { isJsonObject, messageOf, valueAt, type JsonObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { Failure } from '../../../program/failure.ts';
import { withValue } from './draft.ts';

/** A spec whose Helm values are those of a YAML text. They are kept as an object; comments are lost. */
export function withLiteralValues(spec: JsonObject, text: string): JsonObject {
  const values = parsed(text);
  const helm = valueAt(spec, 'source', 'helm');
  const { values: _text, ...rest } = isJsonObject(helm) ? helm : {};
  return withValue(spec, 'source.helm', { ...rest, valuesObject: values });
}

function parsed(text: string): JsonObject {
  const where = '--values-literal-file';
  const [document = null] = readYaml(text, where);
  if (document === null) return {};
  if (isJsonObject(document)) return document;
  throw new Failure(`${where} must hold a YAML mapping of values.`);
}

function readYaml(text: string, file: string): ReturnType<typeof parseYamlDocuments> {
  try {
    return parseYamlDocuments(text, { file });
  } catch (error) {
    throw new Failure(`${file} is not YAML: ${messageOf(error)}`, { cause: error });
  }
}
