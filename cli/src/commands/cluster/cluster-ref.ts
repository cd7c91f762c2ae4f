import type { Query } from '../../api/transport.ts';

/** How a cluster is asked for: by its address where that is one, else by its name. */
export const queryOf = (cluster: string): Query =>
  /^https?:\/\//i.test(cluster) ? {} : { 'id.type': 'name' };
