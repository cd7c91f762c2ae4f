import { HEALTH_ORDER, SYNC_CODES, TiphysError } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import { projectOf } from '../finder.ts';

/** What a list can be sorted by, and the value of each that is compared. */
const KEYS = {
  name: (app) => app.metadata.name ?? '',
  namespace: (app) => app.metadata.namespace ?? '',
  project: (app) => projectOf(app),
  cluster: ({ spec: { destination } }) => destination.server || destination.name || '',
  destinationNamespace: ({ spec: { destination } }) => destination.namespace ?? '',
  created: (app) => app.metadata.creationTimestamp ?? '',
  synced: (app) => app.status?.operationState?.finishedAt ?? '',
  reconciled: (app) => app.status?.reconciledAt ?? '',
  health: (app) => rank(HEALTH_ORDER, app.status?.health?.status),
  sync: (app) => rank(SYNC_CODES, app.status?.sync?.status),
} as const satisfies Readonly<Record<string, (app: Application) => string | number>>;

type Key = keyof typeof KEYS;

/** A status that is not known yet sorts as `Unknown`, the last. */
function rank(order: readonly string[], status: string | undefined): number {
  const found = order.indexOf(status ?? '');
  return found < 0 ? order.length - 1 : found;
}

/** Where an Application stands in an order: the values it is compared by, the last two its name and namespace. */
export type Position = readonly (string | number)[];

/** A total order of Applications. */
export interface Order {
  readonly text: string;
  positionOf(app: Application): Position;
  compare(a: Position, b: Position): number;
}

/**
 * Reads `health,-created`: keys from the first that counts, descending behind a dash. Name and namespace decide
 * where those leave two equal, so that every order is total.
 * @throws TiphysError `invalid` for a key that there is not
 */
export function orderOf(sort: string): Order {
  const terms = sort
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .map((term) => (term.startsWith('-') ? { key: term.slice(1), sign: -1 } : { key: term, sign: 1 }));
  const keys = terms.map(({ key }) => checked(key));
  const all: readonly Key[] = [...keys, 'name', 'namespace'];
  const signs = [...terms.map(({ sign }) => sign), 1, 1];
  return {
    text: terms.map(({ key, sign }) => (sign < 0 ? `-${key}` : key)).join(','),
    positionOf: (app) => all.map((key) => KEYS[key](app)),
    compare: (a, b) => {
      for (const [index, sign] of signs.entries()) {
        const found = compareValues(a[index] ?? '', b[index] ?? '');
        if (found !== 0) return sign * found;
      }
      return 0;
    },
  };
}

const compareValues = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

function checked(key: string): Key {
  if (Object.hasOwn(KEYS, key)) return key as Key;
  throw new TiphysError('invalid', `sort: '${key}' is none of ${Object.keys(KEYS).sort().join(', ')}`);
}
