import {
  groupKindKey,
  keyOfObject,
  messageOf,
  TiphysError,
  type KubeObject,
  type ResourceKey,
} from '@tiphys/model';
import type { ApiResource, KubeApi, KubeVersion, Logger, Reflector, ReflectorEvent } from '@tiphys/ports';
import type { TrackingSettings } from '@tiphys/tracking';
import { ConnectionDoubt } from './connection-doubt.ts';
import { KindTable, type ResourceFilters } from './kinds.ts';
import { LiveIndex } from './live-index.ts';
import { toLiveObject, type LiveObject } from './live-object.ts';

const REDISCOVER_DELAY_MS = 300;

export interface ClusterViewOptions {
  readonly api: KubeApi;
  readonly tracking: TrackingSettings;
  readonly filters: ResourceFilters;
  readonly logger: Logger;
  /** An object of that Application changed: `root` for one that carries its mark, `child` for one further down. */
  readonly onChange: (instance: string, what: 'root' | 'child') => void;
  /** The set of kinds that the cluster serves changed. */
  readonly onKinds: () => void;
  /** The cluster does not answer any more: the view is no longer of use. */
  readonly onLost: (error: unknown) => void;
}

interface Watched {
  readonly resource: ApiResource;
  readonly reflector: Reflector;
  /** Keys seen since the listing began; undefined once it is complete. */
  seen: Set<ResourceKey> | undefined;
  state: 'listing' | 'synced' | 'failed';
  error: string | undefined;
}

/**
 * The live view of one cluster, kept by watches. It is complete once `ready` resolved: every kind was listed or is
 * known to fail. A kind that fails is left out of the view, and only Applications that use it suffer.
 */
export class ClusterView {
  readonly api: KubeApi;
  readonly #options: ClusterViewOptions;
  readonly #index = new LiveIndex();
  readonly #watched = new Map<string, Watched>();
  readonly #doubt: ConnectionDoubt;
  #kinds = new KindTable([]);
  #version: KubeVersion | undefined;
  #waiting: (() => void)[] = [];
  #rediscovery: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ClusterViewOptions) {
    this.api = options.api;
    this.#options = options;
    this.#doubt = new ConnectionDoubt({ probe: () => this.api.version(), onLost: options.onLost });
  }

  get kinds(): KindTable {
    return this.#kinds;
  }

  get objectCount(): number {
    return this.#index.size;
  }

  /** `v1.36.3`; `unavailable` before the first connection. */
  get version(): KubeVersion {
    if (this.#version === undefined)
      throw new TiphysError('unavailable', `${this.api.server} has not answered yet`);
    return this.#version;
  }

  /** Connects, discovers and lists everything. Rejects when the cluster does not answer. */
  async start(): Promise<void> {
    this.#version = await this.api.version();
    await this.#discover();
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
  }

  get(key: ResourceKey): LiveObject | undefined {
    return this.#index.get(key);
  }

  managed(instance: string): readonly LiveObject[] {
    return [...this.#index.ofInstance(instance)];
  }

  childrenOf(uid: string): readonly LiveObject[] {
    return [...this.#index.childrenOf(uid)];
  }

  hasChildren(uid: string): boolean {
    return this.#index.hasChildren(uid);
  }

  /** Why objects of this kind are not in the view, or undefined when they are. */
  failureOf(resource: ApiResource): string | undefined {
    return this.#watched.get(groupKindKey(resource))?.error;
  }

  /** Notes that a deletion was accepted, so that nobody asks for it again before the watch tells the end. */
  expectDeletion(key: ResourceKey, uid: string): void {
    const known = this.#index.get(key);
    if (known?.uid === uid) this.#index.put({ ...known, isTerminating: true });
  }

  /** Takes in what a write returned, so that the view is not behind our own doing. Tells nobody but who lost it. */
  observe(object: KubeObject): void {
    const next = toLiveObject(object, this.#options.tracking);
    const before = this.#index.get(next.key);
    if (before !== undefined && !isNewer(next, before)) return;
    this.#index.put(next);
    this.#tellFormerOwner(before, next);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#doubt.stop();
    clearTimeout(this.#rediscovery);
    await Promise.all([...this.#watched.values()].map(({ reflector }) => reflector.stop()));
    await this.api.close();
  }

  async #discover(): Promise<void> {
    const { resources, failedGroups } = await this.api.discover();
    if (failedGroups.length > 0)
      this.#options.logger.warn('discovery of some API groups failed', { groups: failedGroups });
    this.#kinds = new KindTable(resources);
    const wanted = new Map(
      this.#kinds
        .watchable(this.api.server, this.#options.filters)
        .map((resource) => [groupKindKey(resource), resource]),
    );
    for (const [name, watched] of this.#watched) {
      const now = wanted.get(name);
      if (now === undefined || now.version !== watched.resource.version) await this.#unwatch(name, watched);
    }
    for (const [name, resource] of wanted) if (!this.#watched.has(name)) this.#watch(name, resource);
    this.#options.onKinds();
  }

  #watch(name: string, resource: ApiResource): void {
    const watched: Watched = {
      resource,
      reflector: this.api.reflect(resource, {}, (event) => this.#take(watched, event)),
      seen: new Set(),
      state: 'listing',
      error: undefined,
    };
    this.#watched.set(name, watched);
  }

  async #unwatch(name: string, watched: Watched): Promise<void> {
    this.#watched.delete(name);
    await watched.reflector.stop();
    for (const object of [...this.#index.values()])
      if (groupKindKey(object.ref) === name) this.#drop(object.key);
  }

  #take(watched: Watched, event: ReflectorEvent): void {
    switch (event.type) {
      case 'reset':
        watched.seen = new Set();
        return;
      case 'upsert':
        watched.seen?.add(keyOfObject(event.object));
        this.#put(event.object);
        return;
      case 'delete':
        this.#drop(keyOfObject(event.object));
        this.#noteCrd(event.object);
        return;
      case 'synced':
        this.#dropUnseen(watched);
        watched.state = 'synced';
        watched.error = undefined;
        this.#settle();
        return;
      case 'failed':
        if (watched.state === 'synced') this.#doubt.raise();
        watched.state = watched.state === 'synced' ? 'synced' : 'failed';
        watched.error = messageOf(event.error);
        this.#options.logger.debug('watch failed', {
          kind: groupKindKey(watched.resource),
          error: event.error,
        });
        this.#settle();
        return;
    }
  }

  #dropUnseen(watched: Watched): void {
    const { seen, resource } = watched;
    watched.seen = undefined;
    if (seen === undefined) return;
    const kind = groupKindKey(resource);
    for (const object of [...this.#index.values()]) {
      if (groupKindKey(object.ref) === kind && !seen.has(object.key)) this.#drop(object.key);
    }
  }

  #put(object: KubeObject): void {
    const next = toLiveObject(object, this.#options.tracking);
    const before = this.#index.get(next.key);
    if (before !== undefined && !isNewer(next, before)) return;
    this.#index.put(next);
    this.#noteCrd(object);
    this.#tellFormerOwner(before, next);
    this.#tell(next);
  }

  /** An object that another Application took over is news to the one that had it. */
  #tellFormerOwner(before: LiveObject | undefined, next: LiveObject): void {
    if (before?.instance !== undefined && before.instance !== next.instance)
      this.#options.onChange(before.instance, 'root');
  }

  #drop(key: ResourceKey): void {
    const before = this.#index.get(key);
    if (before === undefined) return;
    const instance = this.#index.rootInstanceOf(before);
    this.#index.remove(key);
    if (instance !== undefined)
      this.#options.onChange(instance, before.instance === undefined ? 'child' : 'root');
  }

  #tell(object: LiveObject): void {
    const instance = this.#index.rootInstanceOf(object);
    if (instance !== undefined)
      this.#options.onChange(instance, object.instance === undefined ? 'child' : 'root');
  }

  /** A CRD that comes, changes or goes changes the kinds; discovery follows once the API server has settled. */
  #noteCrd(object: KubeObject): void {
    if (
      object.kind !== 'CustomResourceDefinition' ||
      this.#closed ||
      this.#watchedState('CustomResourceDefinition') !== 'synced'
    )
      return;
    clearTimeout(this.#rediscovery);
    this.#rediscovery = setTimeout(() => {
      this.#discover().catch((error: unknown) => this.#options.logger.warn('rediscovery failed', { error }));
    }, REDISCOVER_DELAY_MS);
  }

  #watchedState(kind: string): Watched['state'] | undefined {
    return [...this.#watched.values()].find(({ resource }) => resource.kind === kind)?.state;
  }

  #settle(): void {
    if ([...this.#watched.values()].some(({ state }) => state === 'listing')) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Versions of one object are ordered; those of objects with other uids are not, and the later news wins. */
function isNewer(next: LiveObject, before: LiveObject): boolean {
  if (next.uid !== before.uid) return true;
  const [a, b] = [next.resourceVersion, before.resourceVersion];
  return a.length === b.length ? a > b : a.length > b.length;
}
