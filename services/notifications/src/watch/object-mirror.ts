import type { KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, Reflector, ReflectorEvent, Selector } from '@tiphys/ports';

export interface ObjectMirrorOptions {
  readonly api: KubeApi;
  readonly resource: ApiResource;
  readonly selector: Selector;
  /** Told the key of an object that came, changed or went. */
  readonly onChange: (key: string) => void;
  readonly onFailure: (error: Error) => void;
}

/** A copy of the watched objects of one kind, without the bookkeeping of who set which field. */
export class ObjectMirror {
  readonly #options: ObjectMirrorOptions;
  readonly #objects = new Map<string, KubeObject>();
  /** Keys of an earlier listing that the current one has not named yet. */
  #unseen = new Set<string>();
  #reflector: Reflector | undefined;

  constructor(options: ObjectMirrorOptions) {
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

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  entries(): Iterable<readonly [key: string, object: KubeObject]> {
    return this.#objects;
  }

  async stop(): Promise<void> {
    await this.#reflector?.stop();
  }

  #take(event: ReflectorEvent): void {
    switch (event.type) {
      case 'reset':
        this.#unseen = new Set(this.#objects.keys());
        return;
      case 'upsert': {
        const key = keyOf(event.object);
        this.#unseen.delete(key);
        this.#objects.set(key, withoutManagedFields(event.object));
        this.#options.onChange(key);
        return;
      }
      case 'delete':
        this.#drop(keyOf(event.object));
        return;
      case 'synced':
        for (const key of this.#unseen) this.#drop(key);
        this.#unseen = new Set();
        return;
      case 'failed':
        this.#options.onFailure(event.error);
        return;
    }
  }

  #drop(key: string): void {
    if (this.#objects.delete(key)) this.#options.onChange(key);
  }
}

/** `namespace/name` */
export const keyOf = ({ metadata }: KubeObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

function withoutManagedFields(object: KubeObject): KubeObject {
  const metadata = { ...object.metadata };
  delete (metadata as { managedFields?: unknown }).managedFields;
  return { ...object, metadata };
}
