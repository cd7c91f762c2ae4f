import { asJson } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import type { Clock, PubSub } from '@tiphys/ports';
import type { ObjectStore } from '@tiphys/runtime/watch';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Claims } from '../auth/claims.ts';
import type { ClusterNames } from '../clusters/cluster-names.ts';
import type { AppState } from './app-state.ts';
import { selectionOf } from './filter.ts';
import { refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';
import { LatestQueue } from './latest-queue.ts';
import { ShownApps } from './shown-apps.ts';
import { mergeEvents, watchSelection } from './watch-events.ts';
import type { WatchEvent } from './watch-events.ts';

export interface WatchServiceParts {
  readonly store: ObjectStore<Application>;
  readonly finder: AppFinder;
  readonly state: AppState;
  readonly pubSub: PubSub;
  readonly clock: Clock;
  /** The clusters that a caller may see. */
  readonly clusterNames: (claims: Claims | undefined) => ClusterNames;
}

/** Streams of Applications and of resource trees. */
export class WatchService {
  readonly #parts: WatchServiceParts;
  readonly #shown: ShownApps;

  constructor(parts: WatchServiceParts) {
    this.#parts = parts;
    this.#shown = new ShownApps(parts.state, parts.clock);
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
    const { store, finder, clusterNames } = this.#parts;
    const { selects } = selectionOf(request, clusterNames(claims));
    const selection = watchSelection(request, (app) => selects(app) && finder.mayGet(claims, app));
    const queue = new LatestQueue<WatchEvent>(call.signal, mergeEvents);
    const put = (event: WatchEvent): void => queue.put(event.app.metadata.uid ?? '', event);
    const unsubscribe = store.subscribe(({ type, object }) => {
      const event = selection.eventOf({ type, app: object });
      if (event !== undefined) put(event);
    });
    try {
      for (const event of selection.initial(store.values())) put(event);
      for await (const { type, app } of queue) {
        if (!finder.mayGet(claims, app)) continue;
        yield { type, application: asJson(await this.#shown.of(app)) };
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
