import { TiphysError, isJsonObject } from '@tiphys/model';
import type { Application, JsonObject, JsonValue } from '@tiphys/model';
import { parseJson } from '@tiphys/adapter-argo-api';
import type { Cache } from '@tiphys/ports';
import { maskManagedResource } from './mask.ts';
import type { Refresher } from './refresh.ts';

/** What the controller keeps in the cache about each Application. */
export class AppState {
  readonly #cache: Cache;
  readonly #refresher: Refresher;
  readonly #namespace: string;
  readonly #maskedAnnotations: () => readonly string[];

  constructor(
    cache: Cache,
    refresher: Refresher,
    options: {
      /** That of the control plane. */
      readonly namespace: string;
      /** Annotations of Secrets that are not shown. */
      readonly maskedAnnotations: () => readonly string[];
    },
  ) {
    this.#cache = cache;
    this.#refresher = refresher;
    this.#namespace = options.namespace;
    this.#maskedAnnotations = options.maskedAnnotations;
  }

  /** The name of an Application in cache keys and tracking marks. */
  instanceOf(app: Application): string {
    const { name = '', namespace = '' } = app.metadata;
    return namespace === this.#namespace || namespace === '' ? name : `${namespace}_${name}`;
  }

  /** The key under which managed resources are kept, which is also the channel that tells of changes. */
  channelOf(app: Application): string {
    return `app|managed-resources|${this.instanceOf(app)}`;
  }

  /** The resource tree, or undefined where the cache has none. */
  async cachedTree(app: Application): Promise<JsonObject | undefined> {
    const value = await this.#read(`app|resources-tree|${this.instanceOf(app)}`);
    return isJsonObject(value) ? value : undefined;
  }

  /** The resource tree; asks the controller for it where the cache has none. */
  async tree(app: Application, signal: AbortSignal): Promise<JsonObject> {
    const tree = await this.#orRefreshed(app, signal, () => this.cachedTree(app));
    return tree ?? missing('resource tree', app);
  }

  /** Desired and live state of each managed resource, Secrets masked. */
  async managedResources(app: Application, signal: AbortSignal): Promise<readonly JsonObject[]> {
    const read = async (): Promise<readonly JsonValue[] | undefined> => {
      const value = await this.#read(this.channelOf(app));
      return Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
    };
    const items = (await this.#orRefreshed(app, signal, read)) ?? missing('managed resources', app);
    const annotations = this.#maskedAnnotations();
    return items.filter(isJsonObject).map((item) => maskManagedResource(item, annotations));
  }

  async #orRefreshed<T>(
    app: Application,
    signal: AbortSignal,
    read: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const cached = await read();
    if (cached !== undefined) return cached;
    await this.#refresher.refresh(app, 'normal', signal);
    return await read();
  }

  async #read(key: string): Promise<JsonValue | undefined> {
    const text = await this.#cache.get(key);
    return text === undefined ? undefined : parseJson(text);
  }
}

function missing(what: string, app: Application): never {
  throw new TiphysError(
    'unknown',
    `the ${what} of application ${app.metadata.name ?? ''} is not known: is the application controller running?`,
  );
}
