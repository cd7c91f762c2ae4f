import { hasCode } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { ObjectStore } from '@tiphys/runtime/watch';
import { dataOf } from '../settings/server-settings.ts';

const MANAGER = 'argocd';
const MAX_ATTEMPTS = 10;

type Data = Readonly<Record<string, string>>;

/** One config map of the control plane, as it is now; writes are tried again where others write at the same time. */
export class ConfigMap {
  readonly #api: KubeApi;
  readonly #store: ObjectStore;
  readonly #where: { readonly namespace: string; readonly name: string };

  constructor(
    api: KubeApi,
    store: ObjectStore,
    where: { readonly namespace: string; readonly name: string },
  ) {
    this.#api = api;
    this.#store = store;
    this.#where = where;
  }

  get data(): Data {
    return dataOf(this.#store.get(this.#where.namespace, this.#where.name));
  }

  /**
   * Sets keys, and removes those that are null. `change` gets the newest data; an empty answer leaves the map alone.
   * Errors: those of the API server; a config map that is too large is `invalid`.
   */
  async change(change: (data: Data) => Readonly<Record<string, string | null>>): Promise<void> {
    for (let round = 1; ; round++) {
      try {
        return await this.#attempt(change, round > 1);
      } catch (error) {
        const isStale =
          hasCode(error, 'conflict') || hasCode(error, 'already-exists') || hasCode(error, 'not-found');
        if (!isStale || round >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #attempt(change: Parameters<ConfigMap['change']>[0], isRead: boolean): Promise<void> {
    const { namespace, name } = this.#where;
    const map = isRead ? await this.#read() : this.#store.get(namespace, name);
    const data = change(dataOf(map));
    if (Object.keys(data).length === 0) return;
    if (map === undefined) {
      const labels = { 'app.kubernetes.io/part-of': 'argocd', 'app.kubernetes.io/name': name };
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data };
      this.#store.observe(await this.#api.create(ownKinds.configMap, object, { fieldManager: MANAGER }));
      return;
    }
    const { resourceVersion = '' } = map.metadata;
    const body = { metadata: { resourceVersion }, data };
    const options = { type: 'merge', body, fieldManager: MANAGER } as const;
    this.#store.observe(await this.#api.patch(ownKinds.configMap, { name, namespace }, options));
  }

  async #read(): Promise<ReturnType<ObjectStore['get']>> {
    try {
      return await this.#api.get(ownKinds.configMap, this.#where);
    } catch (error) {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }
}
