import type { KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, Logger, Reflector, ReflectorEvent, Selector } from '@tiphys/ports';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Change<T> {
  readonly type: ChangeType;
  readonly object: T;
  /** What was known before; undefined for `ADDED`. */
  readonly before: T | undefined;
  /** `write` for what this very process wrote and took in by `observe`. */
  readonly origin: 'watch' | 'write';
}

export interface ObjectStoreOptions {
  readonly api: KubeApi;
  readonly resource: ApiResource;
  readonly selector: Selector;
  readonly logger: Logger;
  /** What is kept of an object; default all of it. */
  readonly keep?: (object: KubeObject) => KubeObject;
  /** False for objects that are as good as not there; default all are taken. */
  readonly accepts?: (object: KubeObject) => boolean;
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

  /** By `namespace/name`, see `objectName`. */
  find(key: string): T | undefined {
    return this.#objects.get(key);
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
    this.#put(object, 'write');
  }

  /** Takes in that this very process deleted an object, for the same reason. */
  forget(object: T): void {
    this.#drop(object, 'write');
  }

  #take(event: ReflectorEvent): void {
    switch (event.type) {
      case 'reset':
        this.#listing = new Set();
        return;
      case 'upsert':
        if (this.#options.accepts?.(event.object) === false) return;
        this.#listing?.add(objectName(event.object));
        this.#put(event.object as T, 'watch');
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

  #put(whole: T, origin: Change<T>['origin']): void {
    const key = objectName(whole);
    const before = this.#objects.get(key);
    if (before && before.metadata.uid === whole.metadata.uid && !isNewer(whole, before)) return;
    const { keep } = this.#options;
    const object = keep === undefined ? whole : (keep(whole) as T);
    this.#objects.set(key, object);
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', object, before, origin });
  }

  #drop(object: T, origin: Change<T>['origin'] = 'watch'): void {
    const before = this.#objects.get(objectName(object));
    if (!before || before.metadata.uid !== object.metadata.uid) return;
    this.#objects.delete(objectName(object));
    this.#tell({ type: 'DELETED', object, before, origin });
  }

  #tell(change: Change<T>): void {
    this.#changes++;
    const version = change.object.metadata.resourceVersion ?? '0';
    if (compareVersions(version, this.#version) > 0) this.#version = version;
    for (const listener of this.#listeners) listener(change);
  }
}

/** `namespace/name`, the key of an object among those of its kind. */
export const objectName = (object: KubeObject): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;

const isNewer = (object: KubeObject, before: KubeObject): boolean =>
  compareVersions(object.metadata.resourceVersion ?? '', before.metadata.resourceVersion ?? '') > 0;

/** Orders resource versions: decimal numbers of any length. */
export const compareVersions = (a: string, b: string): number =>
  a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;

/** An object without the record of who set which field, which is often longer than the object; for `keep`. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
