import { TiphysError, messageOf, stringAt } from '@tiphys/model';
import type { JsonObject, Repository } from '@tiphys/model';
import type { Cache, Clock, RepoServer } from '@tiphys/ports';
import { findRepository, parseCredentialTemplate, parseRepositorySecret } from '@tiphys/settings';
import { parseJson, stringifyJson } from '@tiphys/yaml';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { CredentialStore } from './credential-store.ts';
import { credentialFields, dataOfMessage, repositoryFields } from './fields.ts';
import { assertUsable } from './repo-address.ts';

const TTL_MS = 3_600_000;

export interface ConnectionParts {
  readonly repoServer: Pick<RepoServer, 'testRepository'>;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly settings: ServerSettings;
  readonly credentials: CredentialStore;
  /** Sets the states of one kind apart from those of the other. */
  readonly resource: string;
}

/** Whether repositories can be reached with what is declared for them, tried for real. */
export class Connection {
  readonly #parts: ConnectionParts;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** The repository as the repo-server takes it: with credentials by its address, certificates and known hosts. */
  accessOf(message: JsonObject): Repository {
    const { settings, credentials } = this.#parts;
    const url = stringAt(message, 'repo') ?? '';
    assertUsable(url);
    const own = parseRepositorySecret(dataOfMessage(repositoryFields, message)) ?? {
      url,
      type: 'git' as const,
    };
    const project = own.project ?? '';
    const templates = credentials
      .list()
      .map(({ message: template }) => parseCredentialTemplate(dataOfMessage(credentialFields, template)))
      .filter((template) => template !== undefined);
    const { tlsCertificates, knownHosts } = settings;
    const known = { repositories: [own], templates, tlsCertificates, knownHosts };
    return findRepository(known, { repoURL: url }, project);
  }

  /** @throws TiphysError `invalid` for an address that is not usable, `unknown` with the reason why it did not work. */
  async test(message: JsonObject): Promise<void> {
    const access = this.accessOf(message);
    try {
      await this.#parts.repoServer.testRepository(access);
    } catch (error) {
      throw new TiphysError('unknown', `error testing repository connectivity: ${reasonOf(error, access)}`);
    }
  }

  /** The state that was found last, at most an hour ago; looked at now where `refresh` says so. */
  async stateOf(message: JsonObject, refresh: boolean): Promise<JsonObject> {
    const key = this.#keyOf(message);
    const known = refresh ? undefined : await this.#parts.cache.get(key);
    if (known !== undefined) return parseJson(known, 'a cached connection state') as JsonObject;
    const state = await this.#look(message);
    await this.#parts.cache.set(key, stringifyJson(state), TTL_MS);
    return state;
  }

  /** The next question is answered by a look. */
  async forget(message: JsonObject): Promise<void> {
    await this.#parts.cache.delete(this.#keyOf(message));
  }

  async #look(message: JsonObject): Promise<JsonObject> {
    const attemptedAt = new Date(this.#parts.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    try {
      await this.test(message);
      return { status: 'Successful', message: '', attemptedAt };
    } catch (error) {
      return {
        status: 'Failed',
        message: `Unable to connect to repository: ${messageOf(error)}`,
        attemptedAt,
      };
    }
  }

  #keyOf(message: JsonObject): string {
    const kind = this.#parts.resource === 'repositories' ? 'repo' : 'write-repo';
    return `${kind}|${stringAt(message, 'repo') ?? ''}|${stringAt(message, 'project') ?? ''}|connection-state`;
  }
}

/** What went wrong, begun as clients of this API know it. */
function reasonOf(error: unknown, { type, ...access }: Repository): string {
  const text = withoutSecrets(messageOf(error), access);
  if (type !== 'git' || !(error instanceof TiphysError)) return text;
  const prefix = 'unable to ls-remote HEAD on repository: failed to list refs: ';
  if (error.code === 'unauthenticated') return `${prefix}authentication required: ${text}`;
  if (error.code === 'not-found') return `${prefix}repository not found: ${text}`;
  return `${prefix}${text}`;
}

/** The second lock: the repo-server redacts its messages, and they are looked through here once more. */
function withoutSecrets(text: string, access: Omit<Repository, 'type'>): string {
  const { password, bearerToken, sshPrivateKey, tlsClientCertKey } = access;
  return [password, bearerToken, sshPrivateKey, tlsClientCertKey]
    .filter((secret) => secret !== undefined && secret.length > 3)
    .reduce<string>((shown, secret) => shown.replaceAll(secret ?? '', '******'), text)
    .replace(/(:\/\/[^/\s:@]*):[^/\s@]*@/gu, '$1:******@');
}
