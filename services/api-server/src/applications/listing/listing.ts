import { TiphysError, stringAt } from '@tiphys/model';
import type { Application, JsonObject, JsonValue } from '@tiphys/model';
import { goText } from '@tiphys/adapter-argo-api';
import type { ClusterNames } from '../../clusters/cluster-names.ts';
import { selectionOf } from '../filter.ts';
import { continueToken, positionIn } from './continue-token.ts';
import { facetsOf } from './facets.ts';
import { orderOf } from './order.ts';
import type { Order, Position } from './order.ts';

/** One page of a list. */
export interface Page {
  readonly items: readonly Application[];
  /** Undefined where this page is the last. */
  readonly continue?: string;
  /** Items behind this page; undefined without a limit, or with none behind. */
  readonly remaining?: number;
  readonly facets?: JsonObject;
}

/** What a query asks of a list. */
export interface Listing {
  /** The page out of all Applications that the caller may see. */
  page(visible: Iterable<Application>): Page;
}

/** Reads the query of a list. @throws TiphysError `invalid` for what cannot be read */
export function listingOf(query: JsonObject, clusters: ClusterNames): Listing {
  const selection = selectionOf(query, clusters);
  const order = orderOf(stringAt(query, 'sort') ?? '');
  const limit = limitIn(query);
  const bound = boundTo(query, order);
  const token = stringAt(query, 'continue') ?? '';
  const after = token === '' ? undefined : positionIn(token, bound);
  return {
    page: (visible) => {
      const fitting = [...visible].filter(selection.fits);
      const selected = sorted(
        fitting.filter((app) => selection.passes(app)),
        order,
        after,
      );
      const items = (limit === 0 ? selected : selected.slice(0, limit)).map(({ app }) => app);
      const last = selected[items.length - 1];
      const remaining = selected.length - items.length;
      return {
        items,
        ...(remaining === 0 || !last ? {} : { continue: continueToken(last.position, bound), remaining }),
        ...(query['facets'] === true ? { facets: facetsOf(fitting, selection, clusters) } : {}),
      };
    },
  };
}

interface Placed {
  readonly app: Application;
  readonly position: Position;
}

function sorted(apps: readonly Application[], order: Order, after: Position | undefined): readonly Placed[] {
  const placed = apps.map((app) => ({ app, position: order.positionOf(app) }));
  const left =
    after === undefined ? placed : placed.filter(({ position }) => order.compare(position, after) > 0);
  return left.sort((a, b) => order.compare(a.position, b.position));
}

function limitIn(query: JsonObject): number {
  const limit = query['limit'] ?? 0;
  if (typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 0) return limit;
  throw new TiphysError('invalid', `limit: ${goText(limit)} is no whole number from 0 on`);
}

/** Keys of a query that may differ from page to page. */
const FREE: ReadonlySet<string> = new Set([
  'limit',
  'continue',
  'facets',
  'sort',
  'refresh',
  'resourceVersion',
]);

/** What a token is bound to: everything that decides which items there are, and their order. */
function boundTo(query: JsonObject, order: Order): string {
  const keys = Object.keys(query).filter((key) => !FREE.has(key));
  const entries = keys.sort().map((key) => [key, inOneOrder(query[key])]);
  return JSON.stringify([order.text, entries]);
}

const inOneOrder = (value: JsonValue | undefined): unknown =>
  Array.isArray(value) ? (value as readonly JsonValue[]).map((one) => goText(one)).sort() : value;
