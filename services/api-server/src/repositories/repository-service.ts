import { TiphysError, hasCode, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Caller, Handlers, UnaryHandler } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { Connection } from './connection.ts';
import type { CredentialStore } from './credential-store.ts';
import { differencesOf, repositoryFields } from './fields.ts';
import type { RepositoryKind } from './kinds.ts';
import { assertUsable, unescaped } from './repo-address.ts';
import { RepositoryFinder, rbacObjectOf } from './repository-finder.ts';
import type { RepositoryStore, StoredRepository } from './repository-store.ts';
import { hasLogin, receiptOf, shownRepository } from './shown.ts';

export interface RepositoryServiceParts {
  readonly kind: RepositoryKind;
  readonly store: RepositoryStore;
  readonly credentials: CredentialStore;
  readonly connection: Connection;
  readonly access: Access;
}

const SERVICE = '/repository.RepositoryService';

/** Repositories of one kind: list, show, declare, change, forget, and try to reach them. */
export class RepositoryService {
  readonly #parts: RepositoryServiceParts;
  readonly #finder: RepositoryFinder;

  constructor(parts: RepositoryServiceParts) {
    this.#parts = parts;
    this.#finder = new RepositoryFinder(parts);
  }

  get handlers(): Handlers {
    const list: UnaryHandler = (request, caller) => this.#list(request, caller);
    const create: UnaryHandler = (request, caller) => this.#create(request, caller);
    const update: UnaryHandler = (request, caller) => this.#update(request, caller);
    const remove: UnaryHandler = (request, caller) => this.#remove(request, caller);
    const get: UnaryHandler = (request, caller) => this.#get(request, caller);
    const validate: UnaryHandler = (request, caller) => this.#validate(request, caller);
    if (this.#parts.kind.resource === 'write-repositories') {
      return {
        unary: {
          [`${SERVICE}/ListWriteRepositories`]: list,
          [`${SERVICE}/GetWrite`]: get,
          [`${SERVICE}/CreateWriteRepository`]: create,
          [`${SERVICE}/UpdateWriteRepository`]: update,
          [`${SERVICE}/DeleteWriteRepository`]: remove,
          [`${SERVICE}/ValidateWriteAccess`]: validate,
        },
      };
    }
    return {
      unary: {
        [`${SERVICE}/List`]: list,
        [`${SERVICE}/ListRepositories`]: list,
        [`${SERVICE}/Get`]: get,
        [`${SERVICE}/Create`]: create,
        [`${SERVICE}/CreateRepository`]: create,
        [`${SERVICE}/Update`]: update,
        [`${SERVICE}/UpdateRepository`]: update,
        [`${SERVICE}/Delete`]: remove,
        [`${SERVICE}/DeleteRepository`]: remove,
        [`${SERVICE}/ValidateAccess`]: validate,
      },
    };
  }

  async #list(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { kind, store, access } = this.#parts;
    const mayGet = (one: StoredRepository): boolean =>
      access.allows(claims, kind.resource, 'get', rbacObjectOf(one.url, one.project));
    const project = stringAt(request, 'appProject') ?? '';
    const seen = store.list().filter((one) => mayGet(one) && (project === '' || one.project === project));
    const items = await Promise.all(seen.map((one) => this.#shown(one, request['forceRefresh'] === true)));
    return { metadata: {}, ...(items.length === 0 ? {} : { items }) };
  }

  async #get(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    return await this.#shown(this.#finder.find(claims, request, 'get'), request['forceRefresh'] === true);
  }

  async #create(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { kind, store, connection, access } = this.#parts;
    const message = repositoryIn(request);
    const { url, project } = identityOf(message);
    access.enforce(claims, kind.resource, 'create', rbacObjectOf(url, project));
    assertUsable(url);
    if (project === '') await connection.test(message);
    if (store.find(url, project) === undefined) {
      try {
        await store.create(message);
        await connection.forget(message);
        return receiptOf(message);
      } catch (error) {
        if (!hasCode(error, 'already-exists')) throw error;
      }
    }
    return await this.#createAgain(request, message, claims);
  }

  /** Declaring what is there already is fine when it is the same, and a change when that was asked for. */
  async #createAgain(
    request: JsonObject,
    message: JsonObject,
    claims: Caller['claims'],
  ): Promise<JsonObject> {
    const { kind, store, connection, access } = this.#parts;
    const { url, project } = identityOf(message);
    const existing = store.find(url, project);
    if (existing === undefined) {
      throw new TiphysError(
        'already-exists',
        `a secret with the name of the repository ${url} is something else`,
      );
    }
    const different = differencesOf(repositoryFields, typed(existing.message), typed(message));
    if (different.length === 0) return receiptOf(message);
    if (request['upsert'] !== true) throw specDiffers('repository', different);
    access.enforce(claims, kind.resource, 'update', rbacObjectOf(url, project));
    await store.update(existing, message);
    await connection.forget(message);
    return { ...shownRepository(message), connectionState: { status: 'Successful', message: '' } };
  }

  async #update(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { kind, store, connection, access } = this.#parts;
    const message = repositoryIn(request);
    const { url, project } = identityOf(message);
    const existing = this.#finder.find(claims, { repo: url, appProject: project }, 'update');
    access.enforce(claims, kind.resource, 'update', rbacObjectOf(url, project));
    assertUsable(url);
    await store.update(existing, message);
    await connection.forget(existing.message);
    return receiptOf(message);
  }

  async #remove(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { store, connection } = this.#parts;
    const existing = this.#finder.find(claims, request, 'delete');
    await store.remove(existing);
    await connection.forget(existing.message);
    return {};
  }

  async #validate(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { kind, connection, access } = this.#parts;
    const { enableOci, insecureOciForceHttp, ...rest } = request;
    const message = {
      ...rest,
      repo: unescaped(stringAt(request, 'repo') ?? ''),
      enableOCI: enableOci,
      insecureOCIForceHttp: insecureOciForceHttp,
    };
    const { url, project } = identityOf(message);
    access.enforce(claims, kind.resource, 'create', rbacObjectOf(url, project));
    await connection.test(message);
    return {};
  }

  async #shown(one: StoredRepository, refresh: boolean): Promise<JsonObject> {
    const { connection, credentials } = this.#parts;
    const inherits = !hasLogin(one.message) && credentials.matching(one.url) !== undefined;
    return {
      ...shownRepository(typed(one.message)),
      ...(inherits ? { inheritedCreds: true } : {}),
      connectionState: await connection.stateOf(one.message, refresh),
    };
  }
}

function repositoryIn(request: JsonObject): JsonObject {
  const repo = request['repo'];
  if (!isJsonObject(repo)) throw new TiphysError('invalid', "missing payload 'repo' in request");
  return { ...repo, repo: unescaped((stringAt(repo, 'repo') ?? '').trim()) };
}

const identityOf = (message: JsonObject): { readonly url: string; readonly project: string } => ({
  url: stringAt(message, 'repo') ?? '',
  project: stringAt(message, 'project') ?? '',
});

/** A repository whose type is not said is one of git. */
const typed = (message: JsonObject): JsonObject => ({ ...message, type: stringAt(message, 'type') || 'git' });

/** The refusal of a second, other declaration of the same thing. */
export const specDiffers = (what: string, fields: readonly string[]): TiphysError =>
  new TiphysError(
    'invalid',
    `existing ${what} spec is different; use upsert flag to force update; difference in keys "${fields.join(',')}"`,
  );
