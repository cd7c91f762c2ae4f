import { groupKindKey, type KubeObject, type ResourceKey } from '@tiphys/model';
import type { ApiResource, KubeApi, Logger } from '@tiphys/ports';
import type { RespectRbac } from '@tiphys/settings';
import { KindWatch, type KindFailure } from './kind-watch.ts';
import { isLeftOut } from './permitted-kinds.ts';
import { placesOf, wholeCluster, type WatchScope } from './watch-scope.ts';

/** One kind may take its time; all others do not wait longer for it than this. */
const LISTING_GRACE_MS = 8_000;

export interface KindWatchesOptions {
  readonly api: KubeApi;
  readonly scope?: WatchScope;
  readonly respectRbac?: RespectRbac;
  readonly logger: Logger;
  readonly put: (object: KubeObject, isNews: boolean) => void;
  readonly drop: (key: ResourceKey, object: KubeObject | undefined) => void;
  readonly known: (resource: ApiResource, namespace: string) => readonly ResourceKey[];
  /** A watch of a kind that was in view failed. */
  readonly onFailed: (error: unknown) => void;
  /** A watch told of an object of this kind. */
  readonly onEvent?: (kind: ApiResource) => void;
}

/** The watches of a cluster, one a kind and namespace. */
export class KindWatches {
  readonly scope: WatchScope;
  readonly #options: KindWatchesOptions;
  readonly #watches = new Map<string, KindWatch>();
  /** Kinds that the account may not list, and is not meant to. */
  readonly #leftOut = new Set<string>();
  #isStopped = false;
  #waiting: (() => void)[] = [];

  constructor(options: KindWatchesOptions) {
    this.#options = options;
    this.scope = options.scope ?? wholeCluster;
  }

  get size(): number {
    return this.#watches.size;
  }

  failureOf(resource: ApiResource): KindFailure | undefined {
    return this.#watches.get(groupKindKey(resource))?.failure;
  }

  /** Why nothing can be told of a kind; undefined for kinds that are left out because the account may not list them. */
  troubleOf(resource: ApiResource): KindFailure | undefined {
    const name = groupKindKey(resource);
    return this.#leftOut.has(name) ? undefined : this.#watches.get(name)?.trouble;
  }

  /** Resolves once every kind was listed or is known to fail, or when a few seconds are over. */
  async listed(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LISTING_GRACE_MS);
    });
    const all = new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
    await Promise.race([all, late]);
    clearTimeout(timer);
    const waiting = [...this.#watches.values()].filter(({ isListing }) => isListing);
    if (waiting.length > 0)
      this.#options.logger.warn('some kinds are not listed yet; the others go on', {
        kinds: waiting.map(({ name }) => name),
      });
  }

  /** Watches these kinds and no others. Returns those that are watched no more. */
  async follow(resources: readonly ApiResource[]): Promise<readonly ApiResource[]> {
    const wanted = new Map(
      resources
        .filter((resource) => placesOf(resource, this.scope).length > 0)
        .map((resource) => [groupKindKey(resource), resource]),
    );
    const gone: ApiResource[] = [];
    if (this.#isStopped) return gone;
    for (const [name, { resource }] of this.#watches) {
      const now = wanted.get(name);
      if (now !== undefined && isSameWatch(now, resource)) continue;
      await this.#unwatch(name);
      if (now === undefined) gone.push(resource);
    }
    for (const [name, resource] of wanted) if (!this.#watches.has(name)) this.#watch(name, resource);
    return gone;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const watches = [...this.#watches.values()];
    this.#watches.clear();
    await Promise.all(watches.map((watch) => watch.stop()));
    this.#settle();
  }

  #watch(name: string, resource: ApiResource): void {
    const { put, drop, known, onEvent } = this.#options;
    const watch = new KindWatch(resource, placesOf(resource, this.scope), {
      put: (object, isNews) => {
        if (isNews) onEvent?.(resource);
        put(object, isNews);
      },
      drop: (key, object) => {
        if (object !== undefined) onEvent?.(resource);
        drop(key, object);
      },
      known: (namespace) => known(resource, namespace),
      settled: (which, error) => this.#settled(which, error),
    });
    this.#watches.set(name, watch);
    watch.start(this.#options.api);
  }

  async #unwatch(name: string): Promise<void> {
    const watch = this.#watches.get(name);
    this.#watches.delete(name);
    this.#leftOut.delete(name);
    await watch?.stop();
    this.#settle();
  }

  #settled(watch: KindWatch, error: unknown): void {
    if (error === undefined) this.#leftOut.delete(watch.name);
    else {
      this.#options.logger.debug('watch failed', { kind: watch.name, error });
      if (watch.isSynced) this.#options.onFailed(error);
      if (watch.failure?.isForbidden === true) void this.#review(watch);
    }
    this.#settle();
  }

  async #review({ name, resource }: KindWatch): Promise<void> {
    const { api, logger, respectRbac: respect = 'off' } = this.#options;
    const namespaces = placesOf(resource, this.scope);
    const isMeant = await isLeftOut(api, { resource, respect, namespaces }, logger);
    if (isMeant && this.#watches.has(name)) this.#leftOut.add(name);
  }

  #settle(): void {
    if ([...this.#watches.values()].some(({ isListing }) => isListing)) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const isSameWatch = (a: ApiResource, b: ApiResource): boolean =>
  a.version === b.version && a.resource === b.resource && a.namespaced === b.namespaced;
