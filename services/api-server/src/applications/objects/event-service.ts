import { TiphysError, arrayAt, stringAt } from '@tiphys/model';
import type { Application, JsonObject, JsonValue } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import type { Caller, Handlers } from '../../api/handlers.ts';
import { eventsAbout } from '../../events/event-log.ts';
import type { AppState } from '../app-state.ts';
import { refIn } from '../finder.ts';
import type { AppFinder } from '../finder.ts';
import { nodeRef } from '../resource-actions/app-resources.ts';
import type { AppResources } from '../resource-actions/app-resources.ts';
import { mayHave } from './permitted.ts';

export interface EventServiceParts {
  /** The cluster of the control plane, where events about Applications are. */
  readonly api: KubeApi;
  readonly finder: AppFinder;
  readonly state: AppState;
  readonly resources: AppResources;
}

/** Lists the Kubernetes Events about Applications and their objects. */
export class EventService {
  readonly #parts: EventServiceParts;

  constructor(parts: EventServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/ListResourceEvents': (request, caller) => this.#list(request, caller),
    },
  };

  async #list(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { api, finder, state } = this.#parts;
    const app = finder.find(claims, refIn(request));
    const asked = subjectIn(request);
    if (asked.name === '' && asked.uid === '') {
      const { name = '', namespace = '', uid = '' } = app.metadata;
      return await eventsAbout(api, { name, namespace, uid });
    }
    const tree = await state.tree(app, call.signal);
    const node = [...arrayAt(tree, 'nodes'), ...arrayAt(tree, 'orphanedNodes')].find(isAbout(asked));
    if (node === undefined) throw foreign(app, asked.name);
    return await this.#ofObject(app, node);
  }

  async #ofObject(app: Application, node: JsonValue): Promise<JsonObject> {
    const { cluster, ...place } = await this.#parts.resources.destinationOf(app);
    const ref = nodeRef(node);
    const resource = await cluster.resource({ ...ref, version: stringAt(node, 'version') ?? '' });
    if (!mayHave(place, ref, resource)) throw foreign(app, ref.name);
    const { name, namespace } = ref;
    return await eventsAbout(cluster.api, { name, namespace, uid: stringAt(node, 'uid') ?? '' });
  }
}

const subjectIn = (request: JsonObject) => ({
  name: stringAt(request, 'resourceName') ?? '',
  namespace: stringAt(request, 'resourceNamespace') ?? '',
  uid: stringAt(request, 'resourceUID') ?? '',
});

const isAbout =
  (asked: ReturnType<typeof subjectIn>) =>
  (node: JsonValue): boolean =>
    (stringAt(node, 'uid') ?? '') === asked.uid &&
    (stringAt(node, 'name') ?? '') === asked.name &&
    (stringAt(node, 'namespace') ?? '') === asked.namespace;

const foreign = ({ metadata }: Application, name: string): TiphysError =>
  new TiphysError('invalid', `${name} not found as part of application ${metadata.name ?? ''}`);
