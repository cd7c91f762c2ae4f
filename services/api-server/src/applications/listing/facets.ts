import type { Application, JsonObject } from '@tiphys/model';
import type { ClusterNames } from '../../clusters/cluster-names.ts';
import type { Selection } from '../filter.ts';
import { PROPERTIES, valueOf } from './properties.ts';

/**
 * How many Applications there are by each property, of those that fit all other filters; see `tiphys.listing.Facets`.
 */
export function facetsOf(
  fitting: readonly Application[],
  selection: Selection,
  clusters: ClusterNames,
): JsonObject {
  const counts = Object.fromEntries(
    PROPERTIES.map((property) => {
      const count = new Map<string, number>();
      for (const app of fitting) {
        if (!selection.passes(app, property)) continue;
        const value = valueOf(property, app, clusters);
        count.set(value, (count.get(value) ?? 0) + 1);
      }
      return [property, Object.fromEntries(count)];
    }),
  );
  return { total: fitting.filter((app) => selection.passes(app)).length, ...counts };
}
