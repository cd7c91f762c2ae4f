import { asJson, stringAt } from '@tiphys/model';
import type { ApplicationSet, JsonObject } from '@tiphys/model';
import { compareVersions } from '@tiphys/runtime/watch';
import type { ChangeType, ObjectStore } from '@tiphys/runtime/watch';
import type { Caller, Handlers } from '../api/handlers.ts';
import { LatestQueue } from '../applications/latest-queue.ts';
import { filterOf } from './appset-filter.ts';
import type { AppSetFinder } from './appset-finder.ts';

interface Event {
  readonly type: ChangeType;
  readonly appset: ApplicationSet;
}

/** Streams ApplicationSets. */
export class WatchService {
  readonly #store: ObjectStore<ApplicationSet>;
  readonly #finder: AppSetFinder;

  constructor(store: ObjectStore<ApplicationSet>, finder: AppSetFinder) {
    this.#store = store;
    this.#finder = finder;
  }

  readonly handlers: Handlers = {
    unary: {},
    streams: {
      '/applicationset.ApplicationSetService/Watch': (request, caller) => this.#watch(request, caller),
    },
  };

  /** All that is there as ADDED (unless the caller has a list already), then every change. */
  async *#watch(request: JsonObject, { claims, call }: Caller): AsyncGenerator<JsonObject> {
    const matches = filterOf(request);
    const selects = (appset: ApplicationSet): boolean =>
      matches(appset) && this.#finder.mayGet(claims, appset);
    const queue = new LatestQueue<Event>(call.signal, mergeEvents);
    const put = (event: Event): void => {
      if (selects(event.appset)) queue.put(event.appset.metadata.uid ?? '', event);
    };
    const unsubscribe = this.#store.subscribe(({ type, object }) => put({ type, appset: object }));
    try {
      for (const event of initialEvents(request, this.#store.values())) put(event);
      for await (const { type, appset } of queue) {
        if (this.#finder.mayGet(claims, appset)) yield { type, applicationSet: asJson(appset) };
      }
    } finally {
      unsubscribe();
    }
  }
}

/** Everything; for a caller who has a list already, what changed since that list. */
function* initialEvents(request: JsonObject, appsets: Iterable<ApplicationSet>): Generator<Event> {
  const since = stringAt(request, 'resourceVersion') ?? '';
  const everything = since === '' || (stringAt(request, 'name') ?? '') !== '';
  for (const appset of appsets) {
    if (everything) yield { type: 'ADDED', appset };
    else if (compareVersions(appset.metadata.resourceVersion ?? '', since) > 0)
      yield { type: 'MODIFIED', appset };
  }
}

/** What a slow reader has not seen yet stays ADDED, whatever happened to it since. */
const mergeEvents = (waiting: Event, next: Event): Event =>
  waiting.type === 'ADDED' && next.type === 'MODIFIED' ? { type: 'ADDED', appset: next.appset } : next;
