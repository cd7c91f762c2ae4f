import { TiphysError, hasCode, isJsonObject, messageOf, sourcesOf, stringAt } from '@tiphys/model';
import type { Application, ApplicationSource, AppProject, JsonObject } from '@tiphys/model';
import type { AppDetails, DetailsRequest, RenderSource, RepositoryCatalogue } from '@tiphys/ports';
import { isSourcePermitted } from '@tiphys/project-policy';
import { findRepository } from '@tiphys/settings';
import { isDeepStrictEqual } from 'node:util';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import { hidden } from '../auth/denials.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Connection } from './connection.ts';
import type { Declared } from './declared.ts';
import { assertUsable, unescaped } from './repo-address.ts';
import { rbacObjectOf } from './repository-finder.ts';
import type { RepositoryFinder } from './repository-finder.ts';

export interface ContentsServiceParts {
  readonly repoServer: RepositoryCatalogue;
  readonly finder: RepositoryFinder;
  readonly connection: Connection;
  readonly declared: Declared;
  readonly settings: ServerSettings;
  readonly access: Access;
  /** An Application by `name` or `namespace/name`. */
  readonly appOf: (name: string) => Application | undefined;
}

const SERVICE = '/repository.RepositoryService';

/** What is in repositories: only declared ones are listed, and only sources that a project permits are looked into. */
export class ContentsService {
  readonly #parts: ContentsServiceParts;

  constructor(parts: ContentsServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      [`${SERVICE}/ListRefs`]: (request, caller) => this.#refs(request, caller),
      [`${SERVICE}/ListOCITags`]: (request, caller) => this.#refs(request, caller),
      [`${SERVICE}/GetHelmCharts`]: (request, caller) => this.#charts(request, caller),
      [`${SERVICE}/ListApps`]: (request, caller) => this.#apps(request, caller),
      [`${SERVICE}/GetAppDetails`]: (request, caller) => this.#details(request, caller),
    },
  };

  async #refs(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { finder, connection, repoServer } = this.#parts;
    const access = connection.accessOf(finder.find(claims, request, 'get').message);
    const { branches, tags } = await told(() => repoServer.listRefs(access));
    return { ...(branches.length === 0 ? {} : { branches }), ...(tags.length === 0 ? {} : { tags }) };
  }

  async #charts(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { finder, connection, repoServer } = this.#parts;
    const access = connection.accessOf(finder.find(claims, request, 'get').message);
    const charts = await told(() => repoServer.listCharts(access));
    return { items: charts.map(({ name, versions }) => ({ name, versions })) };
  }

  async #apps(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { access, repoServer } = this.#parts;
    const repoURL = unescaped(stringAt(request, 'repo') ?? '');
    const project = stringAt(request, 'appProject') ?? '';
    const object = `${project}/${stringAt(request, 'appName') ?? ''}`;
    const source = { repoURL, targetRevision: stringAt(request, 'revision') ?? '' };
    access.enforce(claims, 'repositories', 'get', this.#rbacNameOf(repoURL, project));
    if (!access.allows(claims, 'applications', 'update', object)) {
      access.enforce(claims, 'applications', 'create', object);
    }
    const found = this.#project(project);
    const asked = this.#sourceIn(source, found, project);
    const apps = await told(() => repoServer.listApps(asked));
    return { items: Object.entries(apps).map(([path, type]) => ({ type, path })) };
  }

  async #details(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { access, repoServer } = this.#parts;
    const given = request['source'];
    if (!isJsonObject(given)) throw new TiphysError('invalid', 'missing payload in request');
    const source = {
      ...given,
      repoURL: unescaped(stringAt(given, 'repoURL') ?? ''),
    } as unknown as ApplicationSource;
    const project = stringAt(request, 'appProject') ?? '';
    access.enforce(claims, 'repositories', 'get', this.#rbacNameOf(source.repoURL, project));
    const app = this.#authorizedApp(request, claims, source);
    const found = this.#project(project);
    const asked: DetailsRequest = {
      ...this.#sourceIn(source, found, project),
      appName: app?.metadata.name ?? stringAt(request, 'appName') ?? '',
      refSources: this.#refSources(app, found, project),
      options: { kustomizeBuildOptions: this.#parts.settings.cm('kustomize.buildOptions') },
    };
    return shownDetails(await told(() => repoServer.appDetails(asked)));
  }

  /**
   * The Application that a source belongs to. Whoever may only see it learns of the sources it has or had, and of no
   * other; whoever asks for a new one must be allowed to create it.
   */
  #authorizedApp(
    request: JsonObject,
    claims: Caller['claims'],
    source: ApplicationSource,
  ): Application | undefined {
    const { access, appOf } = this.#parts;
    const name = stringAt(request, 'appName') ?? '';
    const project = stringAt(request, 'appProject') ?? '';
    const app = name === '' ? undefined : appOf(name);
    if (app === undefined) {
      access.enforce(claims, 'applications', 'create', `${project}/${name}`);
      return undefined;
    }
    if (!access.allows(claims, 'applications', 'get', `${app.spec.project || 'default'}/${name}`))
      throw hidden();
    if ((app.spec.project || 'default') !== project || !hasSource(app, source)) throw hidden();
    return app;
  }

  #rbacNameOf(url: string, project: string): string {
    const repository = findRepository(this.#parts.declared.repositories, { repoURL: url }, project);
    return rbacObjectOf(repository.url, repository.project ?? '');
  }

  #project(name: string): AppProject {
    const project = this.#parts.settings.projectOf(name);
    if (project !== undefined) return project;
    throw new TiphysError(
      'not-found',
      `error getting app project "${name}": appproject.argoproj.io "${name}" not found`,
    );
  }

  #sourceIn(source: ApplicationSource, { spec }: AppProject, project: string): RenderSource {
    assertUsable(source.repoURL);
    if (!isSourcePermitted(spec, source)) {
      throw new TiphysError(
        'permission-denied',
        `repository '${source.repoURL}' not permitted in project '${project}'`,
      );
    }
    return { source, repository: findRepository(this.#parts.declared.repositories, source, project) };
  }

  #refSources(app: Application | undefined, project: AppProject, name: string): DetailsRequest['refSources'] {
    const sources = app === undefined ? [] : sourcesOf(app.spec).filter(({ ref }) => (ref ?? '') !== '');
    return Object.fromEntries(
      sources.map((source) => [source.ref ?? '', this.#sourceIn(source, project, name)]),
    );
  }
}

const hasSource = (app: Application, source: ApplicationSource): boolean =>
  [
    ...sourcesOf(app.spec),
    ...(app.status?.history ?? []).flatMap((entry) => [entry.source, ...(entry.sources ?? [])]),
  ].some((one) => one !== undefined && isDeepStrictEqual(one, source));

/** What is not there, or not to be read, in a repository is no answer of this API about its own objects. */
async function told<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (hasCode(error, 'unavailable') || hasCode(error, 'deadline') || !(error instanceof TiphysError))
      throw error;
    throw new TiphysError('unknown', messageOf(error));
  }
}

const shownDetails = ({ sourceType, helm, kustomize }: AppDetails): JsonObject => ({
  type: sourceType,
  ...(helm === undefined
    ? {}
    : {
        helm: {
          valueFiles: helm.valueFiles,
          parameters: Object.entries(helm.parameters)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, value]) => ({ name, value })),
          values: helm.values,
        },
      }),
  ...(kustomize === undefined ? {} : { kustomize: { images: kustomize.images } }),
});
