import {
  describeRef,
  FIELD_MANAGER,
  gvkOf,
  hasCode,
  keyOf,
  refOf,
  TiphysError,
  type AppProject,
  type GroupVersionKind,
  type JsonValue,
  type KubeObject,
  type ResourceRef,
} from '@tiphys/model';
import type { ApiResource, DeleteOptions, KubeApi, PatchType } from '@tiphys/ports';
import { isDestinationPermitted, isResourcePermitted } from '@tiphys/project-policy';
import type { ClusterView } from '../live/cluster-view.ts';
import type { GrantedDestination } from './rights.ts';

export interface WriteOptions {
  /** False turns the API server's field validation off. */
  readonly validate: boolean;
}

/** A patch of one object. `force` takes fields over from other managers; `apply` only. */
export interface PatchRequest extends WriteOptions {
  readonly type: PatchType;
  readonly body: JsonValue;
  readonly force?: boolean;
}

/**
 * The one door through which objects of destination clusters are written. Every write asks the AppProject first, as it
 * is at that moment: its kinds and its destinations, the namespace being the object's own, or for an object of the
 * whole cluster that of the Application's destination. Every request has the rights of the service account that the
 * project names, where syncs impersonate. None is sent once another controller may serve the cluster.
 */
export class WriteGateway {
  readonly #view: ClusterView;
  readonly #given: AppProject;
  readonly #destination: GrantedDestination;
  readonly #own: KubeApi;
  #identity: { readonly user: string; readonly api: KubeApi } | undefined;

  constructor(view: ClusterView, project: AppProject, destination: GrantedDestination) {
    this.#view = view;
    this.#given = project;
    this.#destination = destination;
    const { fence } = destination;
    this.#own = fence === undefined ? view.api : view.api.fenced(fence);
  }

  /** Errors: `permission-denied` where every request would fail for want of a user to make it. */
  assertRights(): void {
    this.#destination.rights?.user();
  }

  /** The project as it is now; one that is gone permits nothing. */
  get #project(): AppProject {
    const { rights } = this.#destination;
    return rights === undefined ? this.#given : (rights.project() ?? { ...this.#given, spec: {} });
  }

  /** The cluster with the rights of the Application. */
  get #api(): KubeApi {
    const user = this.#destination.rights?.user();
    if (user === undefined) return this.#own;
    if (this.#identity?.user !== user) this.#identity = { user, api: this.#own.as(user) };
    return this.#identity.api;
  }

  /** Why the project forbids an object, or undefined. */
  refusalOf(ref: ResourceRef, { namespaced }: Pick<ApiResource, 'namespaced'>): string | undefined {
    const project = this.#project.metadata.name ?? '';
    if (!isResourcePermitted(this.#project.spec, { ...ref, namespaced })) {
      return `resource ${ref.group}:${ref.kind} is not permitted in project ${project}`;
    }
    const { server, namespace } = this.#destination;
    const place = namespaced ? ref.namespace : namespace;
    if (isDestinationPermitted(this.#project, { ...this.#destination, namespace: place })) return undefined;
    return namespaced
      ? `namespace ${place} is not permitted in project '${project}'`
      : `cluster ${server} with namespace '${place}' is not permitted in project '${project}'`;
  }

  /** The resource of a live or desired object; `not-found` where the cluster does not serve the kind. */
  resourceOf(object: KubeObject): ApiResource {
    return this.#view.kinds.find(gvkOf(object));
  }

  /** True where the cluster is known to serve the kind of an object. */
  knows = (object: KubeObject): boolean => this.knowsKind(gvkOf(object));

  knowsKind = (kind: GroupVersionKind): boolean => this.#view.kinds.has(kind);

  /** Asks the cluster which kinds it serves now. */
  discover = (): Promise<void> => this.#view.rediscover();

  async create(object: KubeObject, ref: ResourceRef, options: WriteOptions): Promise<KubeObject> {
    const resource = this.#permitted(object, ref);
    return this.#written(() => this.#api.create(resource, object, writeOptions(options)));
  }

  async patch(object: KubeObject, ref: ResourceRef, patch: PatchRequest): Promise<KubeObject> {
    const resource = this.#permitted(object, ref);
    const { type, body, force } = patch;
    const options = { ...writeOptions(patch), type, body, ...(force === undefined ? {} : { force }) };
    return this.#written(() => this.#api.patch(resource, ref, options));
  }

  /** Puts an object in the place of the live one; it carries the version that it replaces. */
  async replace(object: KubeObject, ref: ResourceRef, options: WriteOptions): Promise<KubeObject> {
    const resource = this.#permitted(object, ref);
    return this.#written(() => this.#api.replace(resource, object, writeOptions(options)));
  }

  async delete(live: KubeObject, ref: ResourceRef, options: DeleteOptions): Promise<void> {
    const resource = this.#permitted(live, ref);
    const { uid } = live.metadata;
    await this.#view.writes.run(() =>
      this.#api.delete(resource, ref, { ...options, ...(uid === undefined ? {} : { uid }) }),
    );
    if (uid !== undefined) this.#view.expectDeletion(keyOf(ref), uid);
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
    return this.#api.get(this.resourceOf(object), ref);
  }

  #permitted(object: KubeObject, ref: ResourceRef): ApiResource {
    const resource = this.resourceOf(object);
    const refusal = this.refusalOf(ref, resource) ?? mismatchOf(object, ref, resource);
    if (refusal !== undefined) throw new TiphysError('permission-denied', `${describeRef(ref)}: ${refusal}`);
    return resource;
  }

  async #written(write: () => Promise<KubeObject>): Promise<KubeObject> {
    const object = await this.#view.writes.run(write);
    this.#view.observe(object);
    return object;
  }
}

/** What was judged must be what is written: the kind, the name and the namespace of an object are those of its reference. */
function mismatchOf(object: KubeObject, ref: ResourceRef, { namespaced }: ApiResource): string | undefined {
  const own = refOf(object);
  const isSame =
    own.group === ref.group &&
    own.kind === ref.kind &&
    own.name === ref.name &&
    (!namespaced || own.namespace === ref.namespace);
  return isSame ? undefined : `the object to be written is ${describeRef(own)}`;
}

const writeOptions = ({ validate }: WriteOptions) => ({
  fieldManager: FIELD_MANAGER,
  ...(validate ? {} : { fieldValidation: 'Ignore' as const }),
});
