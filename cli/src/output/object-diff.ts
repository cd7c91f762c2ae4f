import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import { formatDocument } from './document.ts';
import { formatTextDiff, type DiffOptions } from './text-diff.ts';

/** One object as it is and as it should be; undefined where it is not there. */
export interface ObjectSides {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly live: JsonObject | undefined;
  readonly desired: JsonObject | undefined;
}

/** The difference of one object under a title line; empty where there is none. */
export function formatObjectDiff(sides: ObjectSides, options: DiffOptions): string {
  const diff = formatTextDiff(textOf(sides.live), textOf(sides.desired), options);
  const { group, kind, namespace, name } = sides;
  const title = `===== ${group}/${kind} ${namespace}/${name} ======`;
  return diff === '' ? '' : `\n${options.paint(title, 'bold')}\n${diff}`;
}

const textOf = (object: JsonObject | undefined): string =>
  object === undefined ? '' : formatDocument(withoutManagedFields(object), 'yaml');

/** Who wrote which field is no part of what an object is. */
function withoutManagedFields(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isJsonObject(metadata)) return object;
  const { managedFields: _managedFields, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** An object out of its JSON text; undefined for an absent one, which is the text `null`. */
export function objectOf(text: string | null | undefined, where: string): JsonObject | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  const value: JsonValue = parseJson(text, where);
  return isJsonObject(value) ? value : undefined;
}
