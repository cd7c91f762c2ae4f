import { TiphysError, asJson, hasCode, stringAt, valueAt } from '@tiphys/model';
import type { AppProject, Application, JsonObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import { projectOf } from '../applications/finder.ts';
import type { Access } from '../auth/access.ts';
import type { EventLog } from '../events/event-log.ts';
import { checkRights, lostApplications } from './consequences.ts';
import type { DestinationOf } from './consequences.ts';
import { differingKeys } from './differing-keys.ts';
import { checkProject, draftIn, nameIn } from './draft.ts';
import type { ProjectStore } from './project-store.ts';
import { withTokensInStep } from './role-tokens.ts';

const DEFAULT = 'default';

export interface ProjectWriteServiceParts {
  readonly projects: ProjectStore;
  readonly access: Access;
  readonly events: EventLog;
  /** All Applications that there are, in any namespace. */
  readonly applications: () => Iterable<Application>;
  readonly destinationOf: DestinationOf;
}

/** Creates, changes and deletes projects. */
export class ProjectWriteService {
  readonly #parts: ProjectWriteServiceParts;

  constructor(parts: ProjectWriteServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/project.ProjectService/Create': (request, caller) => this.#create(request, caller),
      '/project.ProjectService/Update': (request, caller) => this.#update(request, caller),
      '/project.ProjectService/Delete': (request, caller) => this.#delete(request, caller),
    },
  };

  async #create(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { projects, access, events } = this.#parts;
    const draft = draftIn(request, projects.namespace);
    access.enforce(caller.claims, 'projects', 'create', nameIn(request));
    checkProject(draft);
    try {
      const created = await projects.create(draft);
      await events.note(created, {
        reason: 'ResourceCreated',
        did: 'created project',
        claims: caller.claims,
      });
      return asJson(created);
    } catch (error) {
      if (!hasCode(error, 'already-exists')) throw error;
      return await this.#createAgain(request, draft, caller);
    }
  }

  /** Creating what is there already is fine when it is the same, and an update when that was asked for. */
  async #createAgain(request: JsonObject, draft: AppProject, caller: Caller): Promise<JsonObject> {
    const existing = await this.#parts.projects.read(draft.metadata.name ?? '');
    const differing = differingKeys(valueAt(asJson(existing), 'spec'), valueAt(asJson(draft), 'spec'));
    if (differing === '') return asJson(existing);
    if (request['upsert'] !== true) {
      const what = 'existing project spec is different; use upsert flag to force update';
      throw new TiphysError('invalid', `${what}; difference in keys "${differing}"`);
    }
    this.#parts.access.enforce(caller.claims, 'projects', 'update', nameIn(request));
    return await this.#write(existing, { ...existing, spec: draft.spec }, caller);
  }

  async #update(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { projects, access } = this.#parts;
    const draft = draftIn(request, projects.namespace);
    access.enforce(caller.claims, 'projects', 'update', nameIn(request));
    checkProject(draft);
    return await this.#write(await projects.read(nameIn(request)), draft, caller);
  }

  async #write(existing: AppProject, wanted: AppProject, { claims }: Caller): Promise<JsonObject> {
    const { projects, access, events, applications, destinationOf } = this.#parts;
    checkRights(access, claims, { existing, wanted });
    const name = wanted.metadata.name ?? '';
    const apps = [...applications()].filter((app) => projectOf(app) === name);
    const lost = lostApplications(apps, { existing, wanted }, destinationOf);
    if (lost !== undefined) throw new TiphysError('invalid', `as a result of project update ${lost}`);
    const written = await projects.replace(withTokensInStep(wanted));
    await events.note(written, { reason: 'ResourceUpdated', did: 'updated project', claims });
    return asJson(written);
  }

  async #delete(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { projects, access, events, applications } = this.#parts;
    const name = stringAt(request, 'name') ?? '';
    access.enforce(claims, 'projects', 'delete', name);
    if (name === DEFAULT) {
      throw new TiphysError('invalid', `name '${DEFAULT}' is reserved and cannot be deleted`);
    }
    const project = await projects.read(name);
    const users = [...applications()].filter((app) => projectOf(app) === name).length;
    if (users > 0) throw new TiphysError('invalid', `project is referenced by ${users} applications`);
    await projects.delete(project);
    await events.note(project, { reason: 'ResourceDeleted', did: 'deleted project', claims });
    return {};
  }
}
