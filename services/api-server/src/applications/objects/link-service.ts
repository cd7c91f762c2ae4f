import { asJson, asKubeObject } from '@tiphys/model';
import type { AppProject, Application, JsonObject, KubeObject } from '@tiphys/model';
import type { Caller, Handlers } from '../../api/handlers.ts';
import type { DestinationClusters } from '../../clusters/destination-clusters.ts';
import type { DeepLinks } from '../../links/deep-links.ts';
import type { ServerSettings } from '../../settings/server-settings.ts';
import { refIn } from '../finder.ts';
import type { AppFinder } from '../finder.ts';
import type { AppResources } from '../resource-actions/app-resources.ts';
import type { ObjectDoor } from './object-door.ts';
import { shownObject } from './object-text.ts';

export interface LinkServiceParts {
  readonly finder: AppFinder;
  readonly door: ObjectDoor;
  readonly resources: AppResources;
  readonly clusters: DestinationClusters;
  readonly links: DeepLinks;
  readonly settings: ServerSettings;
}

/** Links that operators put beside Applications and their objects. */
export class LinkService {
  readonly #parts: LinkServiceParts;

  constructor(parts: LinkServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/ListLinks': (request, caller) => this.#ofApplication(request, caller),
      '/application.ApplicationService/ListResourceLinks': (request, caller) =>
        this.#ofObject(request, caller),
    },
  };

  async #ofApplication(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { finder, links, settings } = this.#parts;
    // This request alone has the Application's namespace in the field `namespace`.
    const app = finder.find(claims, refIn({ ...request, appNamespace: request['namespace'] }));
    const { cluster } = await this.#around(app);
    return await links.of(settings.cm('application.links'), { ...applicationIn(app), cluster });
  }

  async #ofObject(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { door, links, settings } = this.#parts;
    const { app, object } = await door.open(request, caller, 'get');
    const resource = withoutManagers(asKubeObject(shownObject(object, settings)) ?? object);
    const around = await this.#around(app);
    return await links.of(settings.cm('resource.links'), { ...applicationIn(app), ...around, resource });
  }

  /** The project and the cluster of an Application: nothing that is secret of either. */
  async #around(app: Application): Promise<{ readonly project: JsonObject; readonly cluster: JsonObject }> {
    const { resources, clusters } = this.#parts;
    const place = await resources.destinationOf(app);
    const { server, name, labels, annotations } = clusters.describe(place.destination.server);
    return {
      project: projectData(place.project),
      cluster: {
        server,
        name: name === '' ? place.destination.name : name,
        ...(isEmpty(labels) ? {} : { labels }),
        ...(isEmpty(annotations) ? {} : { annotations }),
      },
    };
  }
}

const isEmpty = (map: Readonly<Record<string, string>>): boolean => Object.keys(map).length === 0;

/** The Application under both of its names. */
function applicationIn(app: Application): { readonly app: JsonObject; readonly application: JsonObject } {
  const data = withoutManagers(app);
  return { app: data, application: data };
}

function projectData(project: AppProject): JsonObject {
  const { status: _tokens, ...rest } = withoutManagers(project);
  return rest;
}

function withoutManagers(object: KubeObject): JsonObject {
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...asJson(object), metadata: metadata as unknown as JsonObject };
}
