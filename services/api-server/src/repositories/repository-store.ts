import { stringAt } from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import { secretData } from '../settings/server-settings.ts';
import type { DeclaredSecrets } from '../store/declared-secrets.ts';
import { dataOfMessage, messageOfData, repositoryFields } from './fields.ts';
import type { RepositoryKind } from './kinds.ts';
import { sameRepository } from './repo-address.ts';

/** A repository and the secret that declares it. */
export interface StoredRepository {
  readonly secret: KubeObject;
  /** With everything secret in it. */
  readonly message: JsonObject;
  readonly url: string;
  /** Empty for none. */
  readonly project: string;
}

/** The declared repositories of one kind. */
export class RepositoryStore {
  readonly #secrets: DeclaredSecrets;
  readonly #kind: RepositoryKind;

  constructor(secrets: DeclaredSecrets, kind: RepositoryKind) {
    this.#secrets = secrets;
    this.#kind = kind;
  }

  /** Those of no project first, each group by address. */
  list(): readonly StoredRepository[] {
    return this.#secrets
      .ofType(this.#kind.repositoryType)
      .map(storedOf)
      .filter(({ url }) => url !== '')
      .sort((a, b) => compare(a.project, b.project) || compare(a.url, b.url));
  }

  withUrl(url: string): readonly StoredRepository[] {
    return this.list().filter((repository) => sameRepository(repository.url, url));
  }

  find(url: string, project: string): StoredRepository | undefined {
    return this.withUrl(url).find((repository) => repository.project === project);
  }

  /** Errors: `already-exists`. */
  async create(message: JsonObject): Promise<void> {
    const { url, project } = identityOf(message);
    const data = dataOfMessage(repositoryFields, message);
    await this.#secrets.create(this.#kind.repositoryName(url, project), this.#kind.repositoryType, { data });
  }

  async update({ secret }: StoredRepository, message: JsonObject): Promise<void> {
    await this.#secrets.change(secret, (current) => ({
      data: dataOfMessage(repositoryFields, message, secretData(current)),
    }));
  }

  remove({ secret }: StoredRepository): Promise<void> {
    return this.#secrets.remove(secret);
  }
}

function storedOf(secret: KubeObject): StoredRepository {
  const message = messageOfData(repositoryFields, secretData(secret));
  return { secret, message, ...identityOf(message) };
}

const identityOf = (message: JsonObject): Pick<StoredRepository, 'url' | 'project'> => ({
  url: stringAt(message, 'repo') ?? '',
  project: stringAt(message, 'project') ?? '',
});

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
