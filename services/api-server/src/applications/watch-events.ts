import { arrayAt, stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import { compareVersions } from '@tiphys/runtime/watch';
import type { ChangeType } from '@tiphys/runtime/watch';
import type { AppFilter } from './filter.ts';

/** What a stream tells of an Application. */
export interface WatchEvent {
  readonly type: ChangeType;
  readonly app: Application;
}

/** Which changes a stream tells of, and as what. */
export interface WatchSelection {
  /** What is told at the beginning. */
  initial(apps: Iterable<Application>): Generator<WatchEvent>;
  /** Undefined for a change that the stream is not about. */
  eventOf(change: WatchEvent): WatchEvent | undefined;
}

/** Filters on what changes in the life of an Application, by themselves of our own. */
const LIST_FILTERS = ['health', 'syncStatus', 'cluster', 'destinationNamespace'];

/**
 * The selection of a query. One that filters by status or destination follows Applications in and out: what begins
 * to fit is ADDED and what ceases to fit is DELETED. Others tell of what fits at the time.
 */
export function watchSelection(query: JsonObject, selects: AppFilter): WatchSelection {
  const search = stringAt(query, 'search') ?? '';
  const follows = search !== '' || LIST_FILTERS.some((key) => arrayAt(query, key).length > 0);
  return follows ? new FollowingSelection(query, selects) : plainSelection(query, selects);
}

const plainSelection = (query: JsonObject, selects: AppFilter): WatchSelection => ({
  *initial(apps) {
    const since = sinceOf(query);
    for (const app of apps) {
      if (!selects(app)) continue;
      if (since === undefined) yield { type: 'ADDED', app };
      else if (changedSince(app, since)) yield { type: 'MODIFIED', app };
    }
  },
  eventOf: (change) => (selects(change.app) ? change : undefined),
});

class FollowingSelection implements WatchSelection {
  readonly #since: string | undefined;
  readonly #selects: AppFilter;
  readonly #told = new Set<string>();

  constructor(query: JsonObject, selects: AppFilter) {
    this.#since = sinceOf(query);
    this.#selects = selects;
  }

  *initial(apps: Iterable<Application>): Generator<WatchEvent> {
    for (const app of apps) {
      const known = this.#since !== undefined && !changedSince(app, this.#since);
      if (this.#selects(app)) {
        this.#told.add(app.metadata.uid ?? '');
        if (!known) yield { type: this.#since === undefined ? 'ADDED' : 'MODIFIED', app };
      } else if (this.#since !== undefined && !known) {
        yield { type: 'DELETED', app };
      }
    }
  }

  eventOf({ type, app }: WatchEvent): WatchEvent | undefined {
    const uid = app.metadata.uid ?? '';
    if (type === 'DELETED' || !this.#selects(app)) {
      return this.#told.delete(uid) ? { type: 'DELETED', app } : undefined;
    }
    if (this.#told.has(uid)) return { type: 'MODIFIED', app };
    this.#told.add(uid);
    return { type: 'ADDED', app };
  }
}

/** The version of the list that the caller has; undefined where everything is to be told. */
function sinceOf(query: JsonObject): string | undefined {
  const since = stringAt(query, 'resourceVersion') ?? '';
  return since === '' || (stringAt(query, 'name') ?? '') !== '' ? undefined : since;
}

/** Version 0 stands for whatever the caller has: only what changes from now on counts. */
const changedSince = (app: Application, since: string): boolean =>
  since !== '0' && compareVersions(app.metadata.resourceVersion ?? '', since) > 0;

/** An Application that a slow reader has not seen yet stays ADDED, whatever happened to it since. */
export function mergeEvents(waiting: WatchEvent, next: WatchEvent): WatchEvent {
  return waiting.type === 'ADDED' && next.type === 'MODIFIED' ? { type: 'ADDED', app: next.app } : next;
}
