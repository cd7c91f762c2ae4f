import { API_VERSION, TiphysError, hasCode } from '@tiphys/model';
import type { Application, JsonObject, KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { kinds } from '../store/kinds.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { normalized } from './rest-json.ts';

/** Manager of the fields that the server writes. */
const MANAGER = 'argocd';
const MAX_ATTEMPTS = 10;

/** Writes intent to Applications: spec, labels, annotations, finalizers and `operation`; never their status. */
export class AppStore {
  readonly #api: KubeApi;
  readonly #store: ObjectStore<Application>;

  constructor(api: KubeApi, store: ObjectStore<Application>) {
    this.#api = api;
    this.#store = store;
  }

  /** The newest version that is known here. */
  current(app: Application): Application | undefined {
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
    return this.#written(await this.#api.create(kinds.application, object, { fieldManager: MANAGER }));
  }

  /**
   * Changes an Application that may be changed by others at the same time: `change` gets the newest version and
   * makes the next one, or undefined for "leave it". Tried again after a conflict.
   */
  async change(
    app: Application,
    change: (current: Application) => Application | undefined,
  ): Promise<Application> {
    for (let attempt = 1; ; attempt++) {
      const current = attempt === 1 ? (this.current(app) ?? app) : await this.#read(app);
      const next = change(current);
      if (next === undefined) return current;
      try {
        return this.#written(await this.#api.replace(kinds.application, next, { fieldManager: MANAGER }));
      } catch (error) {
        if (!hasCode(error, 'conflict') || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** A merge patch that is refused when the Application changed since `app`. */
  async patch(app: Application, patch: JsonObject): Promise<Application> {
    const { name = '', namespace = '', resourceVersion = '' } = app.metadata;
    const metadata = { ...(patch['metadata'] as JsonObject | undefined), resourceVersion };
    const written = await this.#api.patch(
      kinds.application,
      { name, namespace },
      { type: 'merge', body: { ...patch, metadata }, fieldManager: MANAGER },
    );
    return this.#written(written);
  }

  /** Like `patch`, made anew from the newest version after each conflict. */
  async patchNewest(
    app: Application,
    patchOf: (current: Application) => JsonObject | undefined,
  ): Promise<Application> {
    for (let attempt = 1; ; attempt++) {
      const current = attempt === 1 ? (this.current(app) ?? app) : await this.#read(app);
      const patch = patchOf(current);
      if (patch === undefined) return current;
      try {
        return await this.patch(current, patch);
      } catch (error) {
        if (!hasCode(error, 'conflict') || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  async delete(app: Application, propagation: 'Foreground' | 'Background'): Promise<void> {
    const { name = '', namespace = '', uid } = app.metadata;
    const options = uid === undefined ? { propagation } : { propagation, uid };
    await this.#api.delete(kinds.application, { name, namespace }, options);
  }

  async #read(app: Application): Promise<Application> {
    const { name = '', namespace = '' } = app.metadata;
    const read = (await this.#api.get(kinds.application, { name, namespace })) as Application;
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
