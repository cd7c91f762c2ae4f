import {
  describeRef,
  FIELD_MANAGER,
  gvkOf,
  hasCode,
  keyOf,
  TiphysError,
  type AppProject,
  type JsonObject,
  type KubeObject,
  type ManagedNamespaceMetadata,
  type ResourceRef,
} from '@tiphys/model';
import type { ApiResource, DeleteOptions, PatchType } from '@tiphys/ports';
import {
  isDestinationPermitted,
  isResourcePermitted,
  type ResolvedDestination,
} from '@tiphys/project-policy';
import type { ClusterView } from '../live/cluster-view.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  /** False turns the API server's field validation off. */
  readonly validate: boolean;
}

/**
 * The one door through which objects of destination clusters are written. Every write asks the AppProject first:
 * its kinds and its destinations, the namespace being the object's own.
 */
export class WriteGateway {
  readonly #view: ClusterView;
  readonly #project: AppProject;
  readonly #destination: ResolvedDestination;

  constructor(view: ClusterView, project: AppProject, destination: ResolvedDestination) {
    this.#view = view;
    this.#project = project;
    this.#destination = destination;
  }

  /** Why the project forbids an object, or undefined. Kinds that the cluster lacks are `not-found` errors. */
  refusalOf(ref: ResourceRef, resource: ApiResource): string | undefined {
    const { namespaced } = resource;
    const project = this.#project.metadata.name ?? '';
    if (!isResourcePermitted(this.#project.spec, { ...ref, namespaced })) {
      return `resource ${ref.group}:${ref.kind} is not permitted in project ${project}`;
    }
    if (
      namespaced &&
      !isDestinationPermitted(this.#project.spec, { ...this.#destination, namespace: ref.namespace })
    ) {
      return `namespace ${ref.namespace} is not permitted in project '${project}'`;
    }
    return undefined;
  }

  /** The resource of a live or desired object; `not-found` where the cluster does not serve the kind. */
  resourceOf(object: KubeObject): ApiResource {
    return this.#view.kinds.find(gvkOf(object));
  }

  async create(object: KubeObject, ref: ResourceRef, options: WriteOptions): Promise<KubeObject> {
    const resource = this.#permitted(object, ref);
    return this.#observed(await this.#view.api.create(resource, object, writeOptions(options)), options);
  }

  async patch(
    object: KubeObject,
    ref: ResourceRef,
    patch: { readonly type: PatchType; readonly body: JsonObject } & WriteOptions,
  ): Promise<KubeObject> {
    const resource = this.#permitted(object, ref);
    const written = await this.#view.api.patch(resource, ref, {
      ...writeOptions(patch),
      type: patch.type,
      body: patch.body,
    });
    return this.#observed(written, patch);
  }

  async delete(live: KubeObject, ref: ResourceRef, options: DeleteOptions): Promise<void> {
    const resource = this.#permitted(live, ref);
    const { uid } = live.metadata;
    await this.#view.api.delete(resource, ref, { ...options, ...(uid === undefined ? {} : { uid }) });
    if (uid !== undefined) this.#view.expectDeletion(keyOf(ref), uid);
  }

  /** Makes the destination namespace (`CreateNamespace=true`); the project must permit it as a destination. */
  async createNamespace(name: string, metadata: ManagedNamespaceMetadata | undefined): Promise<void> {
    if (!isDestinationPermitted(this.#project.spec, { ...this.#destination, namespace: name })) {
      throw new TiphysError(
        'permission-denied',
        `namespace ${name} is not permitted in project '${this.#project.metadata.name ?? ''}'`,
      );
    }
    const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } };
    const resource = this.resourceOf(namespace);
    try {
      this.#view.observe(await this.#view.api.create(resource, namespace, { fieldManager: FIELD_MANAGER }));
    } catch (error) {
      if (!hasCode(error, 'already-exists')) throw error;
    }
  }

  /** True where a namespace is known not to be there. The API is asked where the view has none, as it may be behind. */
  async lacksNamespace(name: string): Promise<boolean> {
    const ref = { group: '', kind: 'Namespace', namespace: '', name };
    if (this.#view.get(keyOf(ref)) !== undefined) return false;
    try {
      await this.get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, ref);
      return false;
    } catch (error) {
      // Whatever else went wrong will be told by the write itself.
      return hasCode(error, 'not-found');
    }
  }

  get(object: KubeObject, ref: ResourceRef): Promise<KubeObject> {
    return this.#view.api.get(this.resourceOf(object), ref);
  }

  #permitted(object: KubeObject, ref: ResourceRef): ApiResource {
    const resource = this.resourceOf(object);
    const refusal = this.refusalOf(ref, resource);
    if (refusal !== undefined) throw new TiphysError('permission-denied', `${describeRef(ref)}: ${refusal}`);
    return resource;
  }

  #observed(object: KubeObject, { dryRun }: WriteOptions): KubeObject {
    if (!dryRun) this.#view.observe(object);
    return object;
  }
}

const writeOptions = ({ dryRun, validate }: WriteOptions) => ({
  fieldManager: FIELD_MANAGER,
  ...(dryRun ? { dryRun } : {}),
  ...(validate ? {} : { fieldValidation: 'Ignore' as const }),
});
