import { stringAt, type JsonObject } from '@tiphys/model';
import type { App } from '../../api/schemas/application.ts';
import type { ManagedResource } from '../../api/schemas/resources.ts';
import type { ObjectSides } from '../../output/object-diff.ts';

/** A rendered object without a namespace goes where the application goes, unless its kind has none. */
export function targetIdentity(
  object: JsonObject,
  app: App,
  managed: readonly ManagedResource[],
): Omit<ObjectSides, 'live' | 'desired'> {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const kind = stringAt(object, 'kind') ?? '';
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const own = stringAt(object, 'metadata', 'namespace') ?? '';
  const isClusterScoped = managed.some((item) => item.kind === kind && (item.namespace ?? '') === '');
  const namespace = own !== '' || isClusterScoped ? own : (app.spec.destination?.namespace ?? '');
  return { group, kind, namespace, name };
}
