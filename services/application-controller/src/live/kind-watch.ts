import {
  groupKindKey,
  hasCode,
  keyOfObject,
  messageOf,
  type KubeObject,
  type ResourceKey,
} from '@tiphys/model';
import type { ApiResource, KubeApi, Reflector, ReflectorEvent } from '@tiphys/ports';

/** Why the objects of a kind are not, or no longer, in view. */
export interface KindFailure {
  readonly message: string;
  /** The control plane's account may not list the kind. */
  readonly isForbidden: boolean;
}

export interface KindWatchSink {
  readonly put: (object: KubeObject, isNews: boolean) => void;
  readonly drop: (key: ResourceKey, object: KubeObject | undefined) => void;
  /** Keys in view of this kind and, where one is given, of that namespace. */
  readonly known: (namespace: string) => readonly ResourceKey[];
  /** A place of the kind came into view or failed. */
  readonly settled: (watch: KindWatch, error: unknown) => void;
}

/** The watch of one kind in one namespace, or in the whole cluster. */
interface Place {
  readonly namespace: string;
  reflector: Reflector | undefined;
  /** Keys seen since the listing began; undefined once it is complete. */
  seen: Set<ResourceKey> | undefined;
  state: 'listing' | 'synced' | 'failed';
  failure: KindFailure | undefined;
}

/** Keeps the objects of one kind in view, in the whole cluster or in some namespaces. */
export class KindWatch {
  readonly resource: ApiResource;
  readonly #places: readonly Place[];
  readonly #sink: KindWatchSink;

  constructor(resource: ApiResource, namespaces: readonly string[], sink: KindWatchSink) {
    this.resource = resource;
    this.#sink = sink;
    this.#places = namespaces.map((namespace) => ({
      namespace,
      reflector: undefined,
      seen: new Set(),
      state: 'listing',
      failure: undefined,
    }));
  }

  start(api: KubeApi): void {
    for (const place of this.#places) {
      const selector = place.namespace === '' ? {} : { namespace: place.namespace };
      place.reflector = api.reflect(this.resource, selector, (event) => this.#take(place, event));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#places.flatMap(({ reflector }) => reflector?.stop() ?? []));
  }

  get name(): string {
    return groupKindKey(this.resource);
  }

  /** True until every place was listed or is known to fail. */
  get isListing(): boolean {
    return this.#places.some(({ state }) => state === 'listing');
  }

  /** True once every place was listed, whatever happened since. */
  get isSynced(): boolean {
    return this.#places.every(({ state }) => state === 'synced');
  }

  /** Why what is in view may not be all, or undefined. */
  get failure(): KindFailure | undefined {
    const failed = this.#places.find(({ failure }) => failure !== undefined)?.failure;
    if (failed !== undefined) return failed;
    return this.isListing ? { message: 'it is not listed yet', isForbidden: false } : undefined;
  }

  /** The same for a kind that was never seen whole: nothing can be told of its objects. */
  get trouble(): KindFailure | undefined {
    return this.#places.find(({ state }) => state === 'failed')?.failure;
  }

  #take(place: Place, event: ReflectorEvent): void {
    switch (event.type) {
      case 'reset':
        place.seen = new Set();
        return;
      case 'upsert':
        place.seen?.add(keyOfObject(event.object));
        this.#sink.put(event.object, place.seen === undefined);
        return;
      case 'delete':
        this.#sink.drop(keyOfObject(event.object), event.object);
        return;
      case 'synced':
        this.#dropUnseen(place);
        place.state = 'synced';
        place.failure = undefined;
        this.#sink.settled(this, undefined);
        return;
      case 'failed':
        if (place.state !== 'synced') place.state = 'failed';
        place.failure = {
          message: messageOf(event.error),
          isForbidden: hasCode(event.error, 'permission-denied'),
        };
        this.#sink.settled(this, event.error);
        return;
    }
  }

  #dropUnseen(place: Place): void {
    const { seen, namespace } = place;
    place.seen = undefined;
    if (seen === undefined) return;
    for (const key of this.#sink.known(namespace)) if (!seen.has(key)) this.#sink.drop(key, undefined);
  }
}
