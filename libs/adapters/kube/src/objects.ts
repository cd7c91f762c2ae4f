import { TiphysError, arrayAt, asKubeObject, isJsonObject } from '@tiphys/model';
import type { JsonValue, KubeObject } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

/** The object of an answer; `unavailable` where the server answered with something else. */
export function objectOf(value: JsonValue, what: string): KubeObject {
  const object = asKubeObject(value);
  if (object === undefined)
    throw new TiphysError('unavailable', `${what}: the answer is no Kubernetes object`);
  return object;
}

/**
 * The objects of a list. Items of lists carry no kind and apiVersion, so they get those of the resource; an item
 * that is no object is left out, since one bad item must not hide the others.
 */
export function itemsOf(list: JsonValue, resource: ApiResource): KubeObject[] {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  const objects: KubeObject[] = [];
  for (const item of arrayAt(list, 'items')) {
    if (!isJsonObject(item)) continue;
    const object = asKubeObject({ ...item, apiVersion, kind: resource.kind });
    if (object !== undefined) objects.push(object);
  }
  return objects;
}
