import { asJson, stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import type { PubSub } from '@tiphys/ports';
import type { Caller, Handlers } from '../api/handlers.ts';
import { compareVersions } from '@tiphys/runtime/watch';
import type { ChangeType, ObjectStore } from '@tiphys/runtime/watch';
import type { AppState } from './app-state.ts';
import { filterOf } from './filter.ts';
import { refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';
import { needsTree, withHealth } from './health-of-resources.ts';
import { LatestQueue } from './latest-queue.ts';

export interface WatchServiceParts {
  readonly store: ObjectStore<Application>;
  readonly finder: AppFinder;
  readonly state: AppState;
  readonly pubSub: PubSub;
}

interface Event {
  readonly type: ChangeType;
  readonly app: Application;
}

/** Streams of Applications and of resource trees. */
export class WatchService {
  readonly #parts: WatchServiceParts;

  constructor(parts: WatchServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {},
    streams: {
      '/application.ApplicationService/Watch': (request, caller) => this.#watch(request, caller),
      '/application.ApplicationService/WatchResourceTree': (request, caller) =>
        this.#watchTree(request, caller),
    },
  };

  /** All that is there as ADDED (unless the caller has a list already), then every change. */
  async *#watch(request: JsonObject, { claims, call }: Caller): AsyncGenerator<JsonObject> {
    const { store, finder, state } = this.#parts;
    const matches = filterOf(request);
    const selects = (app: Application): boolean => matches(app) && finder.mayGet(claims, app);
    const queue = new LatestQueue<Event>(call.signal, mergeEvents);
    const unsubscribe = store.subscribe(({ type, object }) => {
      if (selects(object)) queue.put(object.metadata.uid ?? '', { type, app: object });
    });
    try {
      for (const event of initialEvents(request, store.values())) {
        if (selects(event.app)) queue.put(event.app.metadata.uid ?? '', event);
      }
      for await (const { type, app } of queue) {
        if (!finder.mayGet(claims, app)) continue;
        const tree = needsTree(app) ? await state.cachedTree(app) : undefined;
        yield { type, application: asJson(withHealth(app, tree)) };
      }
    } finally {
      unsubscribe();
    }
  }

  /** The tree each time the controller says that it changed. */
  async *#watchTree(request: JsonObject, { claims, call }: Caller): AsyncGenerator<JsonObject> {
    const { finder, state, pubSub } = this.#parts;
    const app = finder.find(claims, refIn(request, 'applicationName'));
    const queue = new LatestQueue<true>(call.signal, () => true);
    const unsubscribe = await pubSub.subscribe(state.channelOf(app), () => queue.put('tree', true));
    try {
      for await (const _changed of queue) {
        finder.find(claims, refIn(request, 'applicationName'));
        const tree = await state.cachedTree(app);
        if (tree) yield tree;
      }
    } finally {
      await unsubscribe();
    }
  }
}

/** Everything; for a caller who has a list already, what changed since that list. */
function* initialEvents(request: JsonObject, apps: Iterable<Application>): Generator<Event> {
  const since = stringAt(request, 'resourceVersion') ?? '';
  const everything = since === '' || (stringAt(request, 'name') ?? '') !== '';
  for (const app of apps) {
    if (everything) yield { type: 'ADDED', app };
    else if (compareVersions(app.metadata.resourceVersion ?? '', since) > 0) yield { type: 'MODIFIED', app };
  }
}

/** An Application that a slow reader has not seen yet stays ADDED, whatever happened to it since. */
function mergeEvents(waiting: Event, next: Event): Event {
  return waiting.type === 'ADDED' && next.type === 'MODIFIED' ? { type: 'ADDED', app: next.app } : next;
}
