import { isJsonObject, type JsonValue } from '@tiphys/model';
import { jsonEqual } from '@tiphys/merge';
import { parseJson } from '@tiphys/yaml';

/**
 * True where a step of a `managedFields` path names this element of a list: by its keys (`k:{"name":"x"}`), its
 * value (`v:"x"`) or its index (`i:0`).
 */
export function isElement(element: JsonValue, index: number, path: string): boolean {
  const text = path.slice(2);
  if (path.startsWith('i:')) return index === Number(text);
  if (path.startsWith('v:')) return jsonEqual(element, parseJson(text, 'managedFields'));
  if (!path.startsWith('k:') || !isJsonObject(element)) return false;
  const keys = parseJson(text, 'managedFields');
  return isJsonObject(keys) && Object.entries(keys).every(([key, value]) => jsonEqual(element[key], value));
}
