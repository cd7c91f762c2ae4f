import { stringAt } from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import { normalizeRepoUrl } from '@tiphys/project-policy';
import { secretData } from '../settings/server-settings.ts';
import type { DeclaredSecrets } from '../store/declared-secrets.ts';
import { credentialFields, dataOfMessage, messageOfData } from './fields.ts';
import type { RepositoryKind } from './kinds.ts';
import { sameRepository } from './repo-address.ts';

/** Credentials for the repositories below an address, and the secret that declares them. */
export interface StoredCredentials {
  readonly secret: KubeObject;
  /** With everything secret in it. */
  readonly message: JsonObject;
  readonly url: string;
}

/** The declared credential templates of one kind. */
export class CredentialStore {
  readonly #secrets: DeclaredSecrets;
  readonly #kind: RepositoryKind;

  constructor(secrets: DeclaredSecrets, kind: RepositoryKind) {
    this.#secrets = secrets;
    this.#kind = kind;
  }

  list(): readonly StoredCredentials[] {
    return this.#secrets
      .ofType(this.#kind.credentialType)
      .map(storedOf)
      .filter(({ url }) => url !== '')
      .sort((a, b) => (a.url < b.url ? -1 : 1));
  }

  find(url: string): StoredCredentials | undefined {
    return (
      this.list().find((one) => one.url === url) ?? this.list().find((one) => sameRepository(one.url, url))
    );
  }

  /** The ones that a repository without a login of its own uses: those with the longest address that its own begins with. */
  matching(repositoryUrl: string): StoredCredentials | undefined {
    const url = normalizeRepoUrl(repositoryUrl);
    const [best] = this.list()
      .filter((one) => url.startsWith(normalizeRepoUrl(one.url)))
      .sort((a, b) => b.url.length - a.url.length);
    return best;
  }

  /** Errors: `already-exists`. */
  async create(message: JsonObject): Promise<void> {
    const name = this.#kind.credentialName(stringAt(message, 'url') ?? '');
    await this.#secrets.create(name, this.#kind.credentialType, {
      data: dataOfMessage(credentialFields, message),
    });
  }

  async update({ secret }: StoredCredentials, message: JsonObject): Promise<void> {
    await this.#secrets.change(secret, (current) => ({
      data: dataOfMessage(credentialFields, message, secretData(current)),
    }));
  }

  remove({ secret }: StoredCredentials): Promise<void> {
    return this.#secrets.remove(secret);
  }
}

function storedOf(secret: KubeObject): StoredCredentials {
  const message = messageOfData(credentialFields, secretData(secret));
  return { secret, message, url: stringAt(message, 'url') ?? '' };
}
