import { TiphysError, hasCode, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { CredentialStore, StoredCredentials } from './credential-store.ts';
import { credentialFields, differencesOf, shownOf } from './fields.ts';
import type { RepositoryKind } from './kinds.ts';
import { assertUsable, unescaped } from './repo-address.ts';
import { specDiffers } from './repository-service.ts';

const SERVICE = '/repocreds.RepoCredsService';

/** Credentials for all repositories below an address, of one kind. */
export class CredentialService {
  readonly #kind: RepositoryKind;
  readonly #store: CredentialStore;
  readonly #access: Access;

  constructor(parts: {
    readonly kind: RepositoryKind;
    readonly credentials: CredentialStore;
    readonly access: Access;
  }) {
    this.#kind = parts.kind;
    this.#store = parts.credentials;
    this.#access = parts.access;
  }

  get handlers(): Handlers {
    const what =
      this.#kind.resource === 'write-repositories' ? 'WriteRepositoryCredentials' : 'RepositoryCredentials';
    return {
      unary: {
        [`${SERVICE}/List${what}`]: (request, caller) => this.#list(request, caller),
        [`${SERVICE}/Create${what}`]: (request, caller) => this.#create(request, caller),
        [`${SERVICE}/Update${what}`]: (request, caller) => this.#update(request, caller),
        [`${SERVICE}/Delete${what}`]: (request, caller) => this.#remove(request, caller),
      },
    };
  }

  #list(request: JsonObject, { claims }: Caller): JsonObject {
    const wanted = unescaped(stringAt(request, 'url') ?? '');
    const items = this.#store
      .list()
      .filter(
        ({ url }) =>
          this.#access.allows(claims, this.#kind.resource, 'get', url) && (wanted === '' || url === wanted),
      )
      .map(({ message }) => shownOf(credentialFields, message));
    return { metadata: {}, ...(items.length === 0 ? {} : { items }) };
  }

  async #create(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const message = credentialsIn(request);
    const url = stringAt(message, 'url') ?? '';
    this.#access.enforce(claims, this.#kind.resource, 'create', url);
    if (url === '') throw new TiphysError('invalid', 'must specify URL');
    assertUsable(url);
    if (this.#store.find(url) === undefined) {
      try {
        await this.#store.create(message);
        return { url };
      } catch (error) {
        if (!hasCode(error, 'already-exists')) throw error;
      }
    }
    return await this.#createAgain(request, message, claims);
  }

  async #createAgain(
    request: JsonObject,
    message: JsonObject,
    claims: Caller['claims'],
  ): Promise<JsonObject> {
    const url = stringAt(message, 'url') ?? '';
    const existing = this.#store.find(url);
    if (existing === undefined) {
      throw new TiphysError(
        'already-exists',
        `a secret with the name of the credentials for ${url} is something else`,
      );
    }
    const different = differencesOf(credentialFields, existing.message, message);
    if (different.length === 0) return { url };
    if (request['upsert'] !== true) throw specDiffers('repository credentials', different);
    this.#access.enforce(claims, this.#kind.resource, 'update', url);
    await this.#store.update(existing, message);
    return { url };
  }

  async #update(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const message = credentialsIn(request);
    const url = stringAt(message, 'url') ?? '';
    this.#access.enforce(claims, this.#kind.resource, 'update', url);
    await this.#store.update(this.#existing(url), message);
    return { url };
  }

  async #remove(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const url = unescaped(stringAt(request, 'url') ?? '');
    this.#access.enforce(claims, this.#kind.resource, 'delete', url);
    await this.#store.remove(this.#existing(url));
    return {};
  }

  #existing(url: string): StoredCredentials {
    const found = this.#store.find(url);
    if (found !== undefined) return found;
    throw new TiphysError('not-found', `repository credentials '${url}' not found`);
  }
}

function credentialsIn(request: JsonObject): JsonObject {
  const creds = request['creds'];
  if (!isJsonObject(creds)) throw new TiphysError('invalid', "missing payload 'creds' in request");
  return { ...creds, url: unescaped((stringAt(creds, 'url') ?? '').trim()) };
}
