import { TiphysError, stringAt } from '@tiphys/model';
import type { ApplicationSet, JsonObject } from '@tiphys/model';
import { isNamespaceListed } from '@tiphys/project-policy';
import type { ObjectStore } from '@tiphys/runtime/watch';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { denied } from '../auth/denials.ts';

/** How a request names an ApplicationSet. */
export interface AppSetRef {
  readonly name: string;
  /** Empty for the control plane's own namespace. */
  readonly namespace: string;
}

/** Reads the reference out of a request. */
export const refIn = (request: JsonObject): AppSetRef => ({
  name: stringAt(request, 'name') ?? '',
  namespace: stringAt(request, 'appsetNamespace') ?? '',
});

/** The project of an ApplicationSet: the one that its template names. */
export const projectOf = (appset: ApplicationSet): string => appset.spec.template.spec.project || 'default';

export interface AppSetFinderParts {
  readonly store: ObjectStore<ApplicationSet>;
  readonly access: Access;
  readonly namespace: string;
  /** Globs and regular expressions between slashes. */
  readonly otherNamespaces: readonly string[];
  /** Names of all projects that there are. */
  readonly projects: () => Iterable<string>;
}

/**
 * Finds ApplicationSets for callers. One that is not there and one that the caller may not see are answered alike: with
 * `not-found` for callers who may see one of that name in some project, and with the same refusal for all others.
 */
export class AppSetFinder {
  readonly #parts: AppSetFinderParts;

  constructor(parts: AppSetFinderParts) {
    this.#parts = parts;
  }

  /** @throws TiphysError `permission-denied` for a namespace that is not served */
  namespaceOf(namespace: string): string {
    const { namespace: own, otherNamespaces } = this.#parts;
    if (namespace === '' || namespace === own) return own;
    if (isNamespaceListed(otherNamespaces, namespace)) return namespace;
    throw new TiphysError('permission-denied', `namespace '${namespace}' is not permitted`);
  }

  /** `project/name`, or `project/namespace/name` outside the control plane's namespace. */
  rbacName(project: string, { namespace, name }: AppSetRef): string {
    const own = namespace === '' || namespace === this.#parts.namespace;
    return own ? `${project}/${name}` : `${project}/${namespace}/${name}`;
  }

  rbacNameOf(appset: ApplicationSet): string {
    const { name = '', namespace = '' } = appset.metadata;
    return this.rbacName(projectOf(appset), { name, namespace });
  }

  mayGet(claims: Claims | undefined, appset: ApplicationSet): boolean {
    return this.#parts.access.allows(claims, 'applicationsets', 'get', this.rbacNameOf(appset));
  }

  /** All that the caller may see. */
  *visible(claims: Claims | undefined): Generator<ApplicationSet> {
    for (const appset of this.#parts.store.values()) if (this.mayGet(claims, appset)) yield appset;
  }

  /** @throws TiphysError `not-found` or `permission-denied`; `absent` makes the text of the former */
  find(
    claims: Claims | undefined,
    ref: AppSetRef,
    { action, absent }: { readonly action: 'get' | 'delete'; readonly absent: (name: string) => string },
  ): ApplicationSet {
    const { access, store } = this.#parts;
    const namespace = this.namespaceOf(ref.namespace);
    const found = store.get(namespace, ref.name);
    if (found !== undefined && this.mayGet(claims, found)) {
      access.enforce(claims, 'applicationsets', action, this.rbacNameOf(found));
      return found;
    }
    if (this.#mayGetSome(claims, { ...ref, namespace })) throw new TiphysError('not-found', absent(ref.name));
    throw denied(claims, ['applicationsets', action, this.rbacName('default', { ...ref, namespace })]);
  }

  #mayGetSome(claims: Claims | undefined, ref: AppSetRef): boolean {
    const { access, projects } = this.#parts;
    for (const project of projects()) {
      if (access.allows(claims, 'applicationsets', 'get', this.rbacName(project, ref))) return true;
    }
    return false;
  }
}
