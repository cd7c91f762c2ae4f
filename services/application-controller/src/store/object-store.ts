import { type KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, Logger, Reflector, ReflectorEvent, Selector } from '@tiphys/ports';

export interface ObjectStoreOptions {
  readonly api: KubeApi;
  readonly resource: ApiResource;
  readonly selector: Selector;
  readonly logger: Logger;
  readonly onChange: (name: string, before: KubeObject | undefined, after: KubeObject | undefined) => void;
}

/** A watched set of objects of one kind, by `namespace/name`. */
export class ObjectStore<T extends KubeObject = KubeObject> {
  readonly #options: ObjectStoreOptions;
  readonly #objects = new Map<string, T>();
  #seen: Set<string> | undefined = new Set();
  #reflector: Reflector | undefined;
  #synced = false;

  constructor(options: ObjectStoreOptions) {
    this.#options = options;
  }

  /** Resolves once the first listing is complete. */
  start(): Promise<void> {
    const { api, resource, selector } = this.#options;
    return new Promise((resolve) => {
      this.#reflector = api.reflect(resource, selector, (event) => {
        this.#take(event);
        if (event.type === 'synced') resolve();
      });
    });
  }

  get isSynced(): boolean {
    return this.#synced;
  }

  get(name: string): T | undefined {
    return this.#objects.get(name);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  /** Takes in what a write returned, so that the next read is not behind it. */
  observe(object: T): void {
    this.#put(object, false);
  }

  async stop(): Promise<void> {
    await this.#reflector?.stop();
  }

  #take(event: ReflectorEvent): void {
    switch (event.type) {
      case 'reset':
        this.#seen = new Set();
        return;
      case 'upsert':
        this.#seen?.add(nameOf(event.object));
        this.#put(event.object as T, true);
        return;
      case 'delete':
        this.#drop(nameOf(event.object));
        return;
      case 'synced':
        for (const name of [...this.#objects.keys()]) if (this.#seen?.has(name) === false) this.#drop(name);
        this.#seen = undefined;
        this.#synced = true;
        return;
      case 'failed':
        this.#options.logger.warn('watch failed', { kind: this.#options.resource.kind, error: event.error });
        return;
    }
  }

  #put(object: T, tell: boolean): void {
    const name = nameOf(object);
    const before = this.#objects.get(name);
    if (before !== undefined && !isNewer(object, before)) return;
    this.#objects.set(name, object);
    if (tell) this.#options.onChange(name, before, object);
  }

  #drop(name: string): void {
    const before = this.#objects.get(name);
    if (before === undefined) return;
    this.#objects.delete(name);
    this.#options.onChange(name, before, undefined);
  }
}

/** `namespace/name`, the key of a stored object. */
export const nameOf = (object: KubeObject): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;

function isNewer(next: KubeObject, before: KubeObject): boolean {
  if (next.metadata.uid !== before.metadata.uid) return true;
  const [a, b] = [next.metadata.resourceVersion ?? '', before.metadata.resourceVersion ?? ''];
  return a.length === b.length ? a > b : a.length > b.length;
}
