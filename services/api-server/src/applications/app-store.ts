import { API_VERSION, TiphysError, hasCode } from '@tiphys/model';
import type { Application, JsonObject, KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { ObjectStore } from '@tiphys/runtime/watch';
import { normalized } from './rest-json.ts';

/** Manager of the fields that the server writes. */
const MANAGER = 'argocd';
const MAX_ATTEMPTS = 10;

/** What the watched view does not allow is looked up in the cluster once more: the view may be behind. */
const isRefusal = (error: unknown): boolean =>
  hasCode(error, 'failed-precondition') || hasCode(error, 'invalid');

/** Writes intent to Applications: spec, labels, annotations, finalizers and `operation`; never their status. */
export class AppStore {
  readonly #api: KubeApi;
  readonly #store: ObjectStore<Application>;

  constructor(api: KubeApi, store: ObjectStore<Application>) {
    this.#api = api;
    this.#store = store;
  }

  #known(app: Application): Application | undefined {
    const known = this.#store.get(app.metadata.namespace ?? '', app.metadata.name ?? '');
    return known?.metadata.uid === app.metadata.uid ? known : undefined;
  }

  async create(app: JsonObject & Pick<KubeObject, 'metadata'>): Promise<Application> {
    const { name, namespace, labels, annotations, finalizers } = app.metadata;
    const object = {
      apiVersion: API_VERSION,
      kind: 'Application',
      metadata: { name, namespace, labels, annotations, finalizers },
      spec: normalized('spec', app['spec']),
      ...(app['operation'] === undefined ? {} : { operation: normalized('operation', app['operation']) }),
    } as KubeObject;
    return this.#written(await this.#api.create(ownKinds.application, object, { fieldManager: MANAGER }));
  }

  /**
   * Changes an Application that may be changed by others at the same time: `change` gets the newest version and
   * makes the next one, or undefined for "leave it". Tried again after a conflict.
   */
  async change(
    app: Application,
    change: (current: Application) => Application | undefined,
  ): Promise<Application> {
    return await this.#retried(app, async (current) => {
      const next = change(current);
      if (next === undefined) return current;
      return this.#written(await this.#api.replace(ownKinds.application, next, { fieldManager: MANAGER }));
    });
  }

  /** Like `change`, with a merge patch. */
  async patch(
    app: Application,
    patchOf: (current: Application) => JsonObject | undefined,
  ): Promise<Application> {
    return await this.#retried(app, async (current) => {
      const patch = patchOf(current);
      return patch === undefined ? current : await this.#patch(current, patch);
    });
  }

  /**
   * Patches where needed, then deletes exactly what was looked at: a version that somebody else changed meanwhile is
   * looked at again, so that a finalizer added at the last moment is not missed.
   */
  async delete(app: Application, patchOf: (current: Application) => JsonObject | undefined): Promise<void> {
    await this.#retried(app, async (current) => {
      const patch = patchOf(current);
      const ready = patch === undefined ? current : await this.#patch(current, patch);
      const { name = '', namespace = '', uid = '', resourceVersion = '', deletionTimestamp } = ready.metadata;
      if (deletionTimestamp !== undefined) return;
      const options = { propagation: 'Background', uid, resourceVersion } as const;
      await this.#api.delete(ownKinds.application, { name, namespace }, options);
    });
  }

  async #retried<T>(app: Application, attempt: (current: Application) => Promise<T>): Promise<T> {
    for (let round = 1; ; round++) {
      try {
        return await attempt(round === 1 ? (this.#known(app) ?? app) : await this.#read(app));
      } catch (error) {
        const stale = hasCode(error, 'conflict') || (round === 1 && isRefusal(error));
        if (!stale || round >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Refused when the Application changed since `app`. */
  async #patch(app: Application, patch: JsonObject): Promise<Application> {
    const { name = '', namespace = '', resourceVersion = '' } = app.metadata;
    const metadata = { ...(patch['metadata'] as JsonObject | undefined), resourceVersion };
    const written = await this.#api.patch(
      ownKinds.application,
      { name, namespace },
      { type: 'merge', body: { ...patch, metadata }, fieldManager: MANAGER },
    );
    return this.#written(written);
  }

  async #read(app: Application): Promise<Application> {
    const { name = '', namespace = '' } = app.metadata;
    const read = (await this.#api.get(ownKinds.application, { name, namespace })) as Application;
    if (read.metadata.uid !== app.metadata.uid) {
      throw new TiphysError('not-found', `applications.argoproj.io "${name}" not found`);
    }
    return read;
  }

  #written(object: KubeObject): Application {
    this.#store.observe(object as Application);
    return object as Application;
  }
}
