import { TiphysError, asJson, stringAt } from '@tiphys/model';
import type { AppProject, JsonObject } from '@tiphys/model';
import { globalProjectsOf } from '@tiphys/project-policy';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { EventLog } from '../events/event-log.ts';
import { dataFor } from '../links/deep-links.ts';
import type { DeepLinks } from '../links/deep-links.ts';
import type { Declared } from '../repositories/declared.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { ProjectStore } from './project-store.ts';
import { withTokensInStep } from './role-tokens.ts';
import { scopedTo } from './scoped.ts';

export interface ProjectServiceParts {
  readonly projects: ProjectStore;
  readonly access: Access;
  readonly settings: ServerSettings;
  readonly declared: Declared;
  readonly events: EventLog;
  readonly links: DeepLinks;
}

/** Reads projects, and what belongs to them. */
export class ProjectService {
  readonly #parts: ProjectServiceParts;

  constructor(parts: ProjectServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/project.ProjectService/List': (_request, caller) => this.#list(caller),
      '/project.ProjectService/Get': (request, caller) => asJson(shown(this.#get(request, caller))),
      '/project.ProjectService/GetDetailedProject': (request, caller) => this.#detailed(request, caller),
      '/project.ProjectService/GetGlobalProjects': (request, caller) => this.#globals(request, caller),
      '/project.ProjectService/ListLinks': (request, caller) => this.#links(request, caller),
      '/project.ProjectService/ListEvents': (request, caller) => this.#events(request, caller),
    },
  };

  #list({ claims }: Caller): JsonObject {
    const { projects, access } = this.#parts;
    const items = projects
      .list()
      .filter(({ metadata }) => access.allows(claims, 'projects', 'get', metadata.name ?? ''));
    return {
      metadata: { resourceVersion: projects.resourceVersion },
      ...(items.length === 0 ? {} : { items: items.map((project) => asJson(shown(project))) }),
    };
  }

  #get(request: JsonObject, { claims }: Caller): AppProject {
    const name = stringAt(request, 'name') ?? '';
    this.#parts.access.enforce(claims, 'projects', 'get', name);
    return this.#parts.projects.get(name);
  }

  #detailed(request: JsonObject, { claims }: Caller): JsonObject {
    const name = stringAt(request, 'name') ?? '';
    this.#parts.access.enforce(claims, 'projects', 'get', name);
    const project = this.#parts.projects.find(name);
    if (!project) {
      const why = `appproject.argoproj.io "${name}" not found`;
      throw new TiphysError('not-found', `error getting app project "${name}": ${why}`);
    }
    const globals = this.#globalsOf(project);
    return {
      ...(globals.length === 0 ? {} : { globalProjects: globals.map(asJson) }),
      project: asJson(shown(project)),
      ...scopedTo(name, this.#parts.declared),
    };
  }

  #globals(request: JsonObject, caller: Caller): JsonObject {
    const globals = this.#globalsOf(this.#get(request, caller));
    return globals.length === 0 ? {} : { items: globals.map(asJson) };
  }

  #globalsOf(project: AppProject): readonly AppProject[] {
    const { settings, projects } = this.#parts;
    return globalProjectsOf(project, settings.tenancy.globalProjects, (name) => projects.find(name));
  }

  async #links(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { settings, links } = this.#parts;
    const { managedFields: _managed, ...metadata } = this.#get(request, caller).metadata;
    const project = { ...asJson(this.#get(request, caller)), metadata: metadata as unknown as JsonObject };
    return await links.of(settings.cm('project.links'), dataFor('project', project));
  }

  async #events(request: JsonObject, caller: Caller): Promise<JsonObject> {
    return await this.#parts.events.of(this.#get(request, caller));
  }
}

/** A project as it is answered: with what its status says of tokens in step with its roles. */
const shown = (project: AppProject): AppProject => withTokensInStep(project);
