import type { Application, JsonObject } from '@tiphys/model';
import type { ClusterNames } from '../../clusters/cluster-names.ts';
import type { Selection } from '../filter.ts';
import { PROPERTIES, valueOf } from './properties.ts';

/** How many Applications there are by each property; see `tiphys.listing.Facets`. */
export function facetsOf(
  apps: readonly Application[],
  selection: Selection,
  clusters: ClusterNames,
): JsonObject {
  const counts = Object.fromEntries(
    PROPERTIES.map((property) => {
      const count = new Map<string, number>();
      for (const app of apps) {
        if (!selection.selectsBut(property, app)) continue;
        const value = valueOf(property, app, clusters);
        count.set(value, (count.get(value) ?? 0) + 1);
      }
      return [property, Object.fromEntries(count)];
    }),
  );
  return { total: apps.filter(selection.selects).length, ...counts };
}
