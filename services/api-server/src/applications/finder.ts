import { TiphysError, arrayAt, stringAt } from '@tiphys/model';
import type { AppProject, Application, JsonObject } from '@tiphys/model';
import { isNamespaceListed, isSourceNamespacePermitted } from '@tiphys/project-policy';
import type { Access, ApiAction } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { denied, hidden } from '../auth/denials.ts';
import type { ObjectStore } from '@tiphys/runtime/watch';

/** How a request names an Application. */
export interface AppRef {
  readonly name: string;
  /** Empty for the control plane's own namespace. */
  readonly namespace: string;
  /** Project the caller believes it to be in; empty for none. */
  readonly project: string;
}

/** Reads the reference out of a request; `nameKey` is the field that holds the name. */
export const refIn = (request: JsonObject, nameKey = 'name'): AppRef => ({
  name: stringAt(request, nameKey) ?? '',
  namespace: stringAt(request, 'appNamespace') ?? '',
  project: stringAt(request, 'project') ?? (firstOf(request, 'project') || firstOf(request, 'projects')),
});

/** Queries carry lists of projects, under two names, of which a single Application needs one. */
const firstOf = (request: JsonObject, key: string): string => {
  const [first] = arrayAt(request, key);
  return typeof first === 'string' ? first : '';
};

export const projectOf = (app: Application): string => app.spec.project || 'default';

/** Where Applications live besides the control plane's namespace, who takes them and who may see them. */
export interface Tenancy {
  readonly access: Access;
  /** Globs and regular expressions between slashes. */
  readonly otherNamespaces: readonly string[];
  readonly projectOf: (name: string) => AppProject | undefined;
}

/** What may be done to an Application that its project does not take: it can be seen, repaired and removed. */
const HARMLESS: readonly ApiAction[] = ['get', 'update', 'delete'];

/** Finds Applications for callers without telling those who may not see one whether it exists. */
export class AppFinder {
  readonly #store: ObjectStore<Application>;
  readonly #namespace: string;
  readonly #tenancy: Tenancy;

  constructor(store: ObjectStore<Application>, namespace: string, tenancy: Tenancy) {
    this.#store = store;
    this.#namespace = namespace;
    this.#tenancy = tenancy;
  }

  namespaceOf(ref: Pick<AppRef, 'namespace'>): string {
    return ref.namespace === '' ? this.#namespace : ref.namespace;
  }

  /** True for namespaces that Applications may live in. */
  isServed(namespace: string): boolean {
    if (namespace === this.#namespace) return true;
    return isNamespaceListed(this.#tenancy.otherNamespaces, namespace);
  }

  /** @throws TiphysError `invalid` where the project of an Application takes none of its namespace. */
  assertTaken(app: Application): void {
    if (!this.isTaken(app)) throw foreign(projectOf(app));
  }

  /** True where the project of an Application takes Applications of its namespace. */
  isTaken(app: Application): boolean {
    const { namespace = '' } = app.metadata;
    if (namespace === this.#namespace) return true;
    const project = this.#tenancy.projectOf(projectOf(app));
    return project !== undefined && isSourceNamespacePermitted(project, namespace, this.#namespace);
  }

  /** @throws TiphysError where an Application cannot be in its namespace, because of its project or at all. */
  assertMayLive(app: Application): void {
    const { namespace = '' } = app.metadata;
    if (!this.isTaken(app)) throw foreign(projectOf(app));
    if (this.isServed(namespace)) return;
    throw new TiphysError('permission-denied', `namespace '${namespace}' is not permitted`);
  }

  /** `project/name`, or `project/namespace/name` outside the control plane's namespace. */
  rbacName(project: string, namespace: string, name: string): string {
    const own = namespace === '' || namespace === this.#namespace;
    return own ? `${project}/${name}` : `${project}/${namespace}/${name}`;
  }

  rbacNameOf(app: Application): string {
    return this.rbacName(projectOf(app), app.metadata.namespace ?? '', app.metadata.name ?? '');
  }

  /** All Applications that the caller may see. */
  *visible(claims: Claims | undefined): Generator<Application> {
    for (const app of this.#store.values()) if (this.mayGet(claims, app)) yield app;
  }

  mayGet(claims: Claims | undefined, app: Application): boolean {
    if (!this.isServed(app.metadata.namespace ?? '')) return false;
    return this.#tenancy.access.allows(claims, 'applications', 'get', this.rbacNameOf(app));
  }

  /**
   * The Application of a reference for an action.
   * @throws TiphysError `permission-denied` where the caller may not, or it is absent; `not-found` for an absent one
   * only where a project was named in which the caller may see Applications.
   */
  find(claims: Claims | undefined, ref: AppRef, action: ApiAction = 'get'): Application {
    const namespace = this.namespaceOf(ref);
    const app = this.isServed(namespace) ? this.#store.get(namespace, ref.name) : undefined;
    if (ref.project !== '') {
      const named = this.rbacName(ref.project, namespace, ref.name);
      if (!this.#tenancy.access.allows(claims, 'applications', 'get', named)) throw hidden();
      if (!app || projectOf(app) !== ref.project || !this.mayGet(claims, app)) throw absent(ref.name);
    }
    if (!app || !this.mayGet(claims, app)) throw hidden();
    const object = this.rbacNameOf(app);
    if (!this.#tenancy.access.allows(claims, 'applications', action, object))
      throw denied(claims, ['applications', action, object]);
    if (!HARMLESS.includes(action)) this.assertTaken(app);
    return app;
  }
}

const absent = (name: string): TiphysError =>
  new TiphysError('not-found', `applications.argoproj.io "${name}" not found`);

const foreign = (project: string): TiphysError =>
  new TiphysError('invalid', `app is not allowed in project "${project}", or the project does not exist`);
