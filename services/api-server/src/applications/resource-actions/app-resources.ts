import { GROUP, TiphysError, arrayAt, keyOf, refOf, stringAt } from '@tiphys/model';
import type { AppProject, Application, JsonObject, JsonValue, KubeObject, ResourceRef } from '@tiphys/model';
import { userOf } from '@tiphys/project-policy';
import type { ResolvedDestination } from '@tiphys/project-policy';
import type { ApiResource, KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { DestinationCluster, DestinationClusters } from '../../clusters/destination-clusters.ts';
import type { ServerSettings } from '../../settings/server-settings.ts';
import type { AppState } from '../app-state.ts';
import type { AppFinder } from '../finder.ts';
import type { Validation } from '../validation.ts';

export interface AppResourcesParts {
  /** The cluster of the control plane, where the Application itself lives. */
  readonly api: KubeApi;
  readonly clusters: DestinationClusters;
  readonly finder: AppFinder;
  readonly state: AppState;
  readonly validation: Validation;
  readonly settings: ServerSettings;
}

/** The project of an Application, and where that lets it go. */
export interface Place {
  readonly project: AppProject;
  readonly destination: ResolvedDestination;
}

/** A live object of an Application, and where it lives. */
export interface AppResource {
  readonly app: Application;
  readonly ref: ResourceRef;
  readonly resource: ApiResource;
  readonly object: KubeObject;
  readonly cluster: DestinationCluster;
  /** Undefined for the Application itself, which no project rule for resources is about. */
  readonly place: Place | undefined;
  /** True for objects that belong to the Application. */
  readonly isOwn: (ref: ResourceRef) => boolean;
}

export interface AppDestination extends Place {
  readonly cluster: DestinationCluster;
}

/** Finds objects that belong to Applications: what a request names counts only as far as the tree bears it out. */
export class AppResources {
  readonly #parts: AppResourcesParts;

  constructor(parts: AppResourcesParts) {
    this.#parts = parts;
  }

  /** Errors: `invalid` where the Application has no such object, `not-found` where it is not in the cluster. */
  async find(app: Application, request: JsonObject, signal: AbortSignal): Promise<AppResource> {
    const asked = askedRef(request);
    if (isSelf(app, asked)) return await this.#self(app);
    const tree = await this.#parts.state.tree(app, signal);
    const nodes = arrayAt(tree, 'nodes');
    const node = [...nodes, ...arrayAt(tree, 'orphanedNodes')].find(
      (candidate) => keyOf(nodeRef(candidate)) === keyOf(asked),
    );
    if (node === undefined) {
      const { kind, group, name } = asked;
      const appName = app.metadata.name ?? '';
      throw new TiphysError(
        'invalid',
        `${kind} ${group} ${name} not found as part of application ${appName}`,
      );
    }
    const { cluster, ...place } = await this.destinationOf(app);
    const version = stringAt(request, 'version') || stringAt(node, 'version') || '';
    const resource = await cluster.resource({ ...asked, version });
    const object = await cluster.api.get(resource, asked);
    const own = new Set(nodes.map((each) => keyOf(nodeRef(each))));
    return { app, ref: refOf(object), resource, object, cluster, place, isOwn: (ref) => own.has(keyOf(ref)) };
  }

  async #self(app: Application): Promise<AppResource> {
    const { api } = this.#parts;
    const object = await api.get(ownKinds.application, {
      name: app.metadata.name ?? '',
      namespace: app.metadata.namespace ?? '',
    });
    const ref = refOf(object);
    return {
      app,
      ref,
      resource: ownKinds.application,
      object,
      cluster: { api, resource: () => Promise.resolve(ownKinds.application) },
      place: undefined,
      isOwn: (other) => keyOf(other) === keyOf(ref),
    };
  }

  /**
   * Where an Application's objects go, and the cluster with the rights that syncs of it have.
   * Errors: `invalid` where its project does not take it, or its destination is none.
   */
  async destinationOf(app: Application): Promise<AppDestination> {
    const { finder, validation, settings, clusters } = this.#parts;
    finder.assertTaken(app);
    const found = validation.destination({ name: app.metadata.name ?? '', spec: app.spec });
    const { server, name } = found;
    const project = settings.projectOf(app.spec.project || 'default');
    if (project === undefined)
      throw new TiphysError('permission-denied', `project "${app.spec.project}" does not exist`);
    const namespace = app.spec.destination.namespace ?? '';
    const destination = { server, name, namespace, clusterProject: found.project };
    const cluster = await clusters.at(server);
    const user = userOf(app, destination, {
      project: project.spec,
      impersonation: settings.tenancy.impersonation,
    });
    return {
      project,
      destination,
      cluster: user === undefined ? cluster : { ...cluster, api: cluster.api.as(user) },
    };
  }
}

const askedRef = (request: JsonObject): ResourceRef => ({
  group: stringAt(request, 'group') ?? '',
  kind: stringAt(request, 'kind') ?? '',
  namespace: stringAt(request, 'namespace') ?? '',
  name: stringAt(request, 'resourceName') ?? '',
});

/** The object that a node of a resource tree stands for. */
export const nodeRef = (node: JsonValue): ResourceRef => ({
  group: stringAt(node, 'group') ?? '',
  kind: stringAt(node, 'kind') ?? '',
  namespace: stringAt(node, 'namespace') ?? '',
  name: stringAt(node, 'name') ?? '',
});

const isSelf = ({ metadata }: Application, { group, kind, namespace, name }: ResourceRef): boolean =>
  group === GROUP && kind === 'Application' && name === metadata.name && namespace === metadata.namespace;
