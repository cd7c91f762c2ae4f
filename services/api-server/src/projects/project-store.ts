import { TiphysError, hasCode } from '@tiphys/model';
import type { AppProject, KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { ObjectStore } from '@tiphys/runtime/watch';

/** Manager of the fields that the server writes. */
const MANAGER = 'argocd';
const MAX_ATTEMPTS = 10;

/** Projects: read from the watch, written to the cluster. */
export class ProjectStore {
  readonly #api: KubeApi;
  readonly #store: ObjectStore<AppProject>;
  readonly #namespace: string;

  constructor(api: KubeApi, store: ObjectStore<AppProject>, namespace: string) {
    this.#api = api;
    this.#store = store;
    this.#namespace = namespace;
  }

  get resourceVersion(): string {
    return this.#store.resourceVersion;
  }

  get namespace(): string {
    return this.#namespace;
  }

  /** All, in the order of their names. */
  list(): readonly AppProject[] {
    return [...this.#store.values()].sort((a, b) =>
      (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1,
    );
  }

  find(name: string): AppProject | undefined {
    return this.#store.get(this.#namespace, name);
  }

  /** @throws TiphysError `not-found` */
  get(name: string): AppProject {
    const project = this.find(name);
    if (!project) throw new TiphysError('not-found', `appprojects.argoproj.io "${name}" not found`);
    return project;
  }

  /** The project as the cluster has it now. @throws TiphysError `not-found` */
  async read(name: string): Promise<AppProject> {
    if (name === '') return this.get(name);
    return (await this.#api.get(ownKinds.project, { namespace: this.#namespace, name })) as AppProject;
  }

  async create(project: AppProject): Promise<AppProject> {
    const { name, labels, annotations, finalizers } = project.metadata;
    const metadata = { name, namespace: this.#namespace, labels, annotations, finalizers };
    const object = { ...project, metadata } as KubeObject;
    return this.#written(await this.#api.create(ownKinds.project, object, { fieldManager: MANAGER }));
  }

  /** Writes a version that carries the resourceVersion it was made from. */
  async replace(project: AppProject): Promise<AppProject> {
    return this.#written(await this.#api.replace(ownKinds.project, project, { fieldManager: MANAGER }));
  }

  /** Changes what others may change at the same time; undefined for "leave it". */
  async change(name: string, change: (current: AppProject) => AppProject | undefined): Promise<AppProject> {
    for (let round = 1; ; round++) {
      const current = await this.read(name);
      const next = change(current);
      if (next === undefined) return current;
      try {
        return await this.replace(next);
      } catch (error) {
        if (!hasCode(error, 'conflict') || round >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Deletes exactly the version that was looked at. */
  async delete({ metadata }: AppProject): Promise<void> {
    const { name = '', uid = '', resourceVersion = '' } = metadata;
    const where = { namespace: this.#namespace, name };
    await this.#api.delete(ownKinds.project, where, { propagation: 'Background', uid, resourceVersion });
  }

  #written(object: KubeObject): AppProject {
    this.#store.observe(object as AppProject);
    return object as AppProject;
  }
}
