import { TiphysError, arrayAt, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { Params } from '../inputs.ts';
import type { Generator } from './generator.ts';

/** Yields what is written in the ApplicationSet itself. */
export const list: Generator = (generator, { dialect }) => {
  const elements = arrayAt(generator, 'elements').map((element) => paramsOf(element, dialect.goTemplate));
  return Promise.resolve([...elements, ...elementsOfYaml(stringAt(generator, 'elementsYaml') ?? '')]);
};

function paramsOf(element: JsonValue, goTemplate: boolean): Params {
  if (!isJsonObject(element)) throw new TiphysError('invalid', 'a list element is not an object');
  if (goTemplate) return element;
  const params = Object.entries(element).flatMap(([key, value]): readonly (readonly [string, string])[] =>
    key === 'values'
      ? Object.entries(valuesOf(value)).map(([name, inner]) => [`values.${name}`, stringOf(inner)] as const)
      : [[key, stringOf(value)] as const],
  );
  return Object.fromEntries(params);
}

function valuesOf(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TiphysError('invalid', 'error parsing values map');
}

function stringOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TiphysError('invalid', `error parsing value as string: ${JSON.stringify(value)} is none`);
}

function elementsOfYaml(text: string): readonly Params[] {
  if (text.trim() === '') return [];
  const [document] = parseYamlDocuments(text, { file: 'elementsYaml' });
  const items = Array.isArray(document) ? (document as readonly JsonValue[]) : undefined;
  if (items?.every(isJsonObject) !== true) {
    throw new TiphysError('invalid', 'elementsYaml must be a list of objects');
  }
  return items.filter(isJsonObject);
}
