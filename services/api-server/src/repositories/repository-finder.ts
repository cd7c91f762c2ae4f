import { TiphysError, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { hidden } from '../auth/denials.ts';
import type { RepositoryKind } from './kinds.ts';
import { unescaped } from './repo-address.ts';
import type { RepositoryStore, StoredRepository } from './repository-store.ts';

/** Name of a repository in policies. */
export const rbacObjectOf = (url: string, project: string): string =>
  project === '' ? url : `${project}/${url}`;

/** Finds the repository that a request is about, if the caller may do that to it. */
export class RepositoryFinder {
  readonly #store: RepositoryStore;
  readonly #resource: 'repositories' | 'write-repositories';
  readonly #access: Access;

  constructor(parts: {
    readonly store: RepositoryStore;
    readonly kind: RepositoryKind;
    readonly access: Access;
  }) {
    this.#store = parts.store;
    this.#resource = parts.kind.resource;
    this.#access = parts.access;
  }

  /**
   * By address (`repo`) and project (`appProject`). A caller who may see none of that address is told the same as where
   * there is none. @throws TiphysError `permission-denied`; `unknown` where the project has no such repository
   */
  find(
    claims: Claims | undefined,
    request: JsonObject,
    action: 'get' | 'update' | 'delete',
  ): StoredRepository {
    const url = unescaped(stringAt(request, 'repo') ?? '');
    const project = stringAt(request, 'appProject') ?? '';
    const visible = this.#store
      .withUrl(url)
      .filter((one) =>
        this.#access.allows(claims, this.#resource, 'get', rbacObjectOf(one.url, one.project)),
      );
    if (visible.length === 0) throw hidden();
    const [only] = visible;
    const found =
      visible.find((one) => one.project === project) ??
      (project === '' && visible.length === 1 ? only : undefined);
    if (found === undefined) {
      throw new TiphysError('unknown', `repository not found for url "${url}" and project "${project}"`);
    }
    if (action !== 'get')
      this.#access.enforce(claims, this.#resource, action, rbacObjectOf(found.url, found.project));
    return found;
  }
}
