import { LRUCache } from 'lru-cache';
import { arrayAt, asJson, stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import type { ClusterNames } from '../clusters/cluster-names.ts';
import type { ObjectStore } from '@tiphys/runtime/watch';
import type { AppState } from './app-state.ts';
import { refIn } from './finder.ts';
import type { AppFinder } from './finder.ts';
import { needsTree, withHealth } from './health-of-resources.ts';
import { listingOf } from './listing/listing.ts';
import type { Page } from './listing/listing.ts';
import type { Refresher } from './refresh.ts';

export interface ReadServiceParts {
  readonly store: ObjectStore<Application>;
  readonly finder: AppFinder;
  readonly access: Access;
  readonly state: AppState;
  readonly refresher: Refresher;
  /** The clusters that a caller may see. */
  readonly clusterNames: (claims: Claims | undefined) => ClusterNames;
}

/** Lists that are kept, and for how long after they were last made. */
const KEPT_LISTS = 8;
const KEPT_MS = 10_000;

/** Lists and gets Applications, their trees and their managed resources. */
export class ReadService {
  readonly #parts: ReadServiceParts;
  readonly #lists = new LRUCache<string, { readonly changes: number; readonly list: JsonObject }>({
    max: KEPT_LISTS,
    ttl: KEPT_MS,
    ttlAutopurge: true,
  });

  constructor(parts: ReadServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/List': (request, caller) => this.#list(request, caller),
      '/application.ApplicationService/Get': (request, caller) => this.#get(request, caller),
      '/application.ApplicationService/ResourceTree': (request, caller) => this.#tree(request, caller),
      '/application.ApplicationService/ManagedResources': (request, caller) => this.#managed(request, caller),
    },
  };

  /** The same list again while nothing changed, so that it is encoded and compressed once. */
  #list(request: JsonObject, { claims }: Caller): JsonObject {
    const { finder, store, access, clusterNames } = this.#parts;
    const listing = listingOf(request, clusterNames(claims));
    const key = JSON.stringify([claims?.subject, claims?.groups, access.version, request]);
    const known = this.#lists.get(key);
    if (known?.changes === store.changes) return known.list;
    const list = listOf(store.resourceVersion, listing.page(finder.visible(claims)));
    if (!asksForClusters(request)) this.#lists.set(key, { changes: store.changes, list });
    return list;
  }

  async #get(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, refresher, state } = this.#parts;
    let app = finder.find(claims, refIn(request));
    const refresh = stringAt(request, 'refresh');
    if (refresh !== undefined && refresh !== '') {
      app = await refresher.refresh(app, refresh === 'hard' ? 'hard' : 'normal', call.signal);
    }
    return asJson(needsTree(app) ? withHealth(app, await state.cachedTree(app)) : app);
  }

  /** The whole tree: what a query selects beyond the Application is for its managed resources alone. */
  async #tree(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, state } = this.#parts;
    return await state.tree(finder.find(claims, refIn(request, 'applicationName')), call.signal);
  }

  async #managed(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, state } = this.#parts;
    const app = finder.find(claims, refIn(request, 'applicationName'));
    const items = await state.managedResources(app, call.signal);
    return { items: items.filter(resourceFilter(request)) };
  }
}

const listOf = (resourceVersion: string, { items, facets, remaining, ...page }: Page): JsonObject => ({
  metadata: {
    resourceVersion,
    ...(page.continue === undefined ? {} : { continue: page.continue }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  },
  ...(items.length === 0 ? {} : { items: items.map(asJson) }),
  ...(facets === undefined ? {} : { facets }),
});

/** True where the answer may change although no Application did: names of clusters can. */
const asksForClusters = (request: JsonObject): boolean =>
  request['facets'] === true || arrayAt(request, 'cluster').length > 0;

/** What a ResourcesQuery selects beyond the Application. */
function resourceFilter(request: JsonObject): (item: JsonObject) => boolean {
  const wanted = ['namespace', 'name', 'version', 'group', 'kind']
    .map((key) => [key, stringAt(request, key) ?? ''] as const)
    .filter(([, value]) => value !== '');
  return (item) => wanted.every(([key, want]) => item[key] === want);
}
