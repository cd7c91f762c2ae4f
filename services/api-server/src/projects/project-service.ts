import { TiphysError, asJson, stringAt } from '@tiphys/model';
import type { AppProject, JsonObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { ObjectStore } from '@tiphys/runtime/watch';

/** Reads projects. */
export class ProjectService {
  readonly #store: ObjectStore<AppProject>;
  readonly #namespace: string;
  readonly #access: Access;

  constructor(store: ObjectStore<AppProject>, namespace: string, access: Access) {
    this.#store = store;
    this.#access = access;
    this.#namespace = namespace;
  }

  readonly handlers: Handlers = {
    unary: {
      '/project.ProjectService/List': (_request, caller) => this.#list(caller),
      '/project.ProjectService/Get': (request, caller) => this.#get(request, caller),
    },
  };

  #list({ claims }: Caller): JsonObject {
    const items = [...this.#store.values()]
      .filter((project) => this.#access.allows(claims, 'projects', 'get', project.metadata.name ?? ''))
      .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
    return {
      metadata: { resourceVersion: this.#store.resourceVersion },
      ...(items.length === 0 ? {} : { items: items.map(asJson) }),
    };
  }

  #get(request: JsonObject, { claims }: Caller): JsonObject {
    const name = stringAt(request, 'name') ?? '';
    this.#access.enforce(claims, 'projects', 'get', name);
    const project = this.#store.get(this.#namespace, name);
    if (!project) throw new TiphysError('not-found', `appprojects.argoproj.io "${name}" not found`);
    return asJson(project);
  }
}
