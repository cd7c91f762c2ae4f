import { hasCode } from '@tiphys/model';
import type { ApplicationSet, JsonObject, KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { ObjectStore } from '@tiphys/runtime/watch';

/** Manager of the fields that the server writes. */
const MANAGER = 'argocd';
const MAX_ATTEMPTS = 10;

/** Writes intent to ApplicationSets: spec, labels and annotations; never their status. */
export class AppSetStore {
  readonly #api: KubeApi;
  readonly #store: ObjectStore<ApplicationSet>;

  constructor(api: KubeApi, store: ObjectStore<ApplicationSet>) {
    this.#api = api;
    this.#store = store;
  }

  /** @throws TiphysError `already-exists` */
  async create(appset: ApplicationSet): Promise<ApplicationSet> {
    const { name, namespace, labels, annotations, finalizers } = appset.metadata;
    const { apiVersion, kind, spec } = appset;
    const metadata = { name, namespace, labels, annotations, finalizers };
    const object = { apiVersion, kind, metadata, spec } as KubeObject;
    return this.#written(await this.#api.create(ownKinds.applicationSet, object, { fieldManager: MANAGER }));
  }

  /** As the cluster has it now. @throws TiphysError `not-found` */
  async read(namespace: string, name: string): Promise<ApplicationSet> {
    return this.#written(await this.#api.get(ownKinds.applicationSet, { namespace, name }));
  }

  /** Changes what others may change at the same time. */
  async change(
    appset: ApplicationSet,
    change: (current: ApplicationSet) => ApplicationSet,
  ): Promise<ApplicationSet> {
    for (let round = 1, current = appset; ; round++) {
      try {
        const next = change(current);
        return this.#written(
          await this.#api.replace(ownKinds.applicationSet, next, { fieldManager: MANAGER }),
        );
      } catch (error) {
        if (!hasCode(error, 'conflict') || round >= MAX_ATTEMPTS) throw error;
        current = await this.read(appset.metadata.namespace ?? '', appset.metadata.name ?? '');
      }
    }
  }

  /** Lays a merge patch over it, whatever version it has. */
  async patch({ metadata }: ApplicationSet, body: JsonObject): Promise<ApplicationSet> {
    const where = { namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
    return this.#written(
      await this.#api.patch(ownKinds.applicationSet, where, { type: 'merge', body, fieldManager: MANAGER }),
    );
  }

  /** Deletes the very object that was looked at. */
  async delete({ metadata }: ApplicationSet): Promise<void> {
    const { name = '', namespace = '', uid = '' } = metadata;
    await this.#api.delete(ownKinds.applicationSet, { namespace, name }, { propagation: 'Background', uid });
  }

  #written(object: KubeObject): ApplicationSet {
    this.#store.observe(object as ApplicationSet);
    return object as ApplicationSet;
  }
}
