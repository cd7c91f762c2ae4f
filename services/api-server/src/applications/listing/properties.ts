import type { Application, JsonObject } from '@tiphys/model';
import { HEALTH_ORDER, SYNC_CODES, TiphysError, arrayAt } from '@tiphys/model';
import type { ClusterNames } from '../../clusters/cluster-names.ts';
import { projectOf } from '../finder.ts';

/** Properties of an Application that lists are filtered by and counted by. */
export const PROPERTIES = ['health', 'syncStatus', 'project', 'cluster', 'destinationNamespace'] as const;
export type Property = (typeof PROPERTIES)[number];

/** The value of a property. A status that is not known yet is `Unknown`. */
export function valueOf(property: Property, app: Application, clusters: ClusterNames): string {
  const { destination } = app.spec;
  switch (property) {
    case 'health':
      return app.status?.health?.status || 'Unknown';
    case 'syncStatus':
      return app.status?.sync?.status || 'Unknown';
    case 'project':
      return projectOf(app);
    case 'cluster':
      return clusters.addressOf(destination.server || destination.name || '');
    case 'destinationNamespace':
      return destination.namespace ?? '';
  }
}

/** What a query allows a property to be; undefined where it does not say. @throws TiphysError `invalid` */
export function wantedIn(
  query: JsonObject,
  property: Property,
  clusters: ClusterNames,
): ReadonlySet<string> | undefined {
  const texts = textsAt(query, property === 'project' ? ['projects', 'project'] : [property]);
  if (texts.length === 0) return undefined;
  switch (property) {
    case 'health':
      return new Set(texts.flatMap((text) => statuses(property, text, HEALTH_ORDER)));
    case 'syncStatus':
      return new Set(texts.flatMap((text) => statuses(property, text, SYNC_CODES)));
    case 'cluster':
      return new Set(texts.map((text) => clusters.addressOf(text)));
    case 'project':
    case 'destinationNamespace':
      return new Set(texts);
  }
}

const textsAt = (query: JsonObject, keys: readonly string[]): readonly string[] =>
  keys.flatMap((key) => arrayAt(query, key)).filter((text) => typeof text === 'string');

/** Statuses, one or several between commas, whatever their case. */
function statuses(property: Property, text: string, known: readonly string[]): readonly string[] {
  return text.split(',').map((part) => {
    const found = known.find((status) => status.toLowerCase() === part.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new TiphysError('invalid', `${property}: '${part}' is none of ${[...known].sort().join(', ')}`);
  });
}
