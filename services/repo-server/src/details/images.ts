import { isJsonObject, type JsonValue } from '@tiphys/model';

const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Images of the containers in objects, however deep, each once and sorted. */
export function imagesOf(objects: JsonValue): readonly string[] {
  const found = new Set<string>();
  const visit = (value: JsonValue | undefined, key: string): void => {
    if (Array.isArray(value)) {
      for (const item of value as readonly JsonValue[]) {
        if (CONTAINERS.has(key) && isJsonObject(item) && typeof item['image'] === 'string')
          found.add(item['image']);
        visit(item, '');
      }
    } else if (isJsonObject(value)) {
      for (const [name, inner] of Object.entries(value)) visit(inner, name);
    }
  };
  visit(objects, '');
  return [...found].sort();
}
