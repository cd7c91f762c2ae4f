import { TiphysError } from '@tiphys/model';
import type { ApiResource, ObjectName } from '@tiphys/ports';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1` for the core group, `/apis/<group>/<version>` for others. */
export const groupVersionPath = (group: string, version: string): string =>
  group === '' ? `/api/${segment(version)}` : `/apis/${segment(group)}/${segment(version)}`;

/** Path of a kind, in a namespace where the kind is namespaced and one is given. */
export function collectionPath(resource: ApiResource, namespace?: string): string {
  const root = groupVersionPath(resource.group, resource.version);
  const within =
    resource.namespaced && namespace !== undefined && namespace !== ''
      ? `/namespaces/${segment(namespace)}`
      : '';
  return `${root}${within}/${segment(resource.resource)}`;
}

/** Path of a kind for a write, which needs the namespace. */
export function writePath(resource: ApiResource, namespace: string | undefined): string {
  if (resource.namespaced && (namespace === undefined || namespace === '')) {
    throw new TiphysError('invalid', `${resource.kind} is namespaced: metadata.namespace is required`);
  }
  return collectionPath(resource, namespace);
}

/** Path of one object, of its subresource where one is given. */
export function objectPath(
  resource: ApiResource,
  { name, namespace }: ObjectName,
  subresource?: string,
): string {
  const path = `${writePath(resource, namespace)}/${segment(name)}`;
  return subresource === undefined ? path : `${path}/${segment(subresource)}`;
}

/** `?a=b&c=d` of what is set, or nothing. */
export function queryString(query: Query): string {
  const text = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
    .join('&');
  return text === '' ? '' : `?${text}`;
}

/** One path segment; the API server's own rule for names: not `.` or `..`, no `/`, no `%`. */
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..' || /[/%]/.test(text)) {
    throw new TiphysError('invalid', `${JSON.stringify(text)} cannot be a name in an API path`);
  }
  return encodeURIComponent(text);
}
