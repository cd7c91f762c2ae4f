import type { KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, Logger, Reflector, ReflectorEvent, Selector } from '@tiphys/ports';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Change<T> {
  readonly type: ChangeType;
  readonly object: T;
}

export interface ObjectStoreOptions {
  readonly api: KubeApi;
  readonly resource: ApiResource;
  readonly selector: Selector;
  readonly logger: Logger;
}

/** All objects of a kind, kept by a watch. Objects are never changed in place. */
export class ObjectStore<T extends KubeObject = KubeObject> {
  readonly #options: ObjectStoreOptions;
  readonly #objects = new Map<string, T>();
  readonly #listeners = new Set<(change: Change<T>) => void>();
  #listing: Set<string> | undefined;
  #reflector: Reflector | undefined;
  #synced = false;
  #version = '0';
  #changes = 0;

  constructor(options: ObjectStoreOptions) {
    this.#options = options;
  }

  /** Begins to watch; resolves when the first listing is complete. */
  start(): Promise<void> {
    const { api, resource, selector } = this.#options;
    return new Promise((resolve) => {
      this.#reflector = api.reflect(resource, selector, (event) => {
        this.#take(event);
        if (event.type === 'synced') resolve();
      });
    });
  }

  async stop(): Promise<void> {
    await this.#reflector?.stop();
  }

  /** True once a listing was complete. */
  get isSynced(): boolean {
    return this.#synced;
  }

  /** The newest resourceVersion seen. */
  get resourceVersion(): string {
    return this.#version;
  }

  /** Grows with every change. */
  get changes(): number {
    return this.#changes;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** Tells of every change from now on; returns how to end it. */
  subscribe(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes in what a write returned, so that the writer's next read is not behind it. */
  observe(object: T): void {
    this.#put(object);
  }

  #take(event: ReflectorEvent): void {
    switch (event.type) {
      case 'reset':
        this.#listing = new Set();
        return;
      case 'upsert':
        this.#listing?.add(keyOf(event.object));
        this.#put(event.object as T);
        return;
      case 'delete':
        this.#drop(event.object as T);
        return;
      case 'synced':
        this.#dropUnlisted();
        this.#synced = true;
        return;
      case 'failed':
        this.#options.logger.warn('watch failed', { kind: this.#options.resource.kind, error: event.error });
        return;
    }
  }

  #dropUnlisted(): void {
    const listed = this.#listing;
    this.#listing = undefined;
    if (!listed) return;
    for (const [key, object] of [...this.#objects]) if (!listed.has(key)) this.#drop(object);
  }

  #put(object: T): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before && before.metadata.uid === object.metadata.uid && !isNewer(object, before)) return;
    this.#objects.set(key, object);
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', object });
  }

  #drop(object: T): void {
    const known = this.#objects.get(keyOf(object));
    if (!known || known.metadata.uid !== object.metadata.uid) return;
    this.#objects.delete(keyOf(object));
    this.#tell({ type: 'DELETED', object });
  }

  #tell(change: Change<T>): void {
    this.#changes++;
    const version = change.object.metadata.resourceVersion ?? '0';
    if (compareVersions(version, this.#version) > 0) this.#version = version;
    for (const listener of this.#listeners) listener(change);
  }
}

const keyOf = (object: KubeObject): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;

const isNewer = (object: KubeObject, before: KubeObject): boolean =>
  compareVersions(object.metadata.resourceVersion ?? '', before.metadata.resourceVersion ?? '') > 0;

/** Orders resource versions: decimal numbers of any length. */
export const compareVersions = (a: string, b: string): number =>
  a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;
