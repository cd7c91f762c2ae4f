import { TiphysError, sourcesOf } from '@tiphys/model';
import type { ApplicationSource, ApplicationSpec, AppProject } from '@tiphys/model';
import { decryptionKeysOf, isSourcePermitted, signatureDemandOf } from '@tiphys/project-policy';
import type {
  ArtifactMetadata,
  FilesUpload,
  RenderedFiles,
  RenderRequest,
  RenderResult,
  RenderSource,
  RepoServer,
  RepositoryCatalogue,
  RevisionMetadata,
} from '@tiphys/ports';
import { findRepository, usableBy } from '@tiphys/settings';
import type { Declared } from '../repositories/declared.ts';
import type { TargetClusterReader } from '../repositories/target-cluster.ts';
import type { ServerSettings } from '../settings/server-settings.ts';

/** An Application as far as rendering goes. */
export interface RenderSubject {
  readonly instance: string;
  readonly namespace: string;
  readonly spec: ApplicationSpec;
  /** Address of the destination cluster. */
  readonly server: string;
}

export interface RenderOptions {
  /** A revision for each source, in place of its own; empty for none. */
  readonly revisions?: readonly string[];
  readonly noCache?: boolean;
  /** Ask the repositories what their branches and tags are now. Default false. */
  readonly refreshRevision?: boolean;
  readonly signal: AbortSignal;
}

export interface AskedRevision {
  readonly project: string;
  readonly revision: string;
}

/** Asks the repo-server on behalf of Applications, and only for repositories that their project permits now. */
export class AppRenderer {
  readonly #repoServer: RepoServer & Pick<RepositoryCatalogue, 'renderFiles' | 'artifactMetadata'>;
  readonly #declared: Declared;
  readonly #target: TargetClusterReader;
  readonly #settings: ServerSettings;
  readonly #projectOf: (name: string) => AppProject | undefined;

  constructor(parts: {
    readonly repoServer: RepoServer & Pick<RepositoryCatalogue, 'renderFiles' | 'artifactMetadata'>;
    readonly declared: Declared;
    readonly target: TargetClusterReader;
    readonly settings: ServerSettings;
    /** The project as it counts, with what it inherits. */
    readonly projectOf: (name: string) => AppProject | undefined;
  }) {
    this.#repoServer = parts.repoServer;
    this.#declared = parts.declared;
    this.#target = parts.target;
    this.#settings = parts.settings;
    this.#projectOf = parts.projectOf;
  }

  /** The objects of each source, in order; a source that others only refer to gives none. */
  async render(subject: RenderSubject, options: RenderOptions): Promise<readonly RenderResult[]> {
    const sources = sourcesOf(subject.spec).map((source, index) =>
      withRevision(source, options.revisions?.[index]),
    );
    const shared = await this.#shared(subject, sources);
    const requests = sources.filter(isRendered).map((source) => ({
      ...shared,
      ...this.#renderSource(source, subject.spec.project),
      noCache: options.noCache ?? false,
      refreshRevision: options.refreshRevision ?? false,
    }));
    return await Promise.all(requests.map((request) => this.#repoServer.render(request, options.signal)));
  }

  /** The commit, chart version or digest that a source stands for now, asked of the repository itself. */
  async resolve(source: ApplicationSource, project: string): Promise<string> {
    return await this.#repoServer.resolveRevision(this.#renderSource(source, project), { refresh: true });
  }

  /**
   * What files that somebody sends render to, with the settings of the one source of an Application. Nothing in them is
   * decrypted: the keys open what is in the repository, for those who sync it. Errors: `failed-precondition` for several
   * sources.
   */
  async renderFiles(subject: RenderSubject, files: FilesUpload, signal: AbortSignal): Promise<RenderedFiles> {
    const [source, ...others] = sourcesOf(subject.spec);
    if (source === undefined || others.length > 0)
      throw new TiphysError(
        'failed-precondition',
        'files can stand in for the repository of an application with one source only',
      );
    const { options, ...shared } = await this.#shared(subject, [source]);
    const { decryptionKeys: _keys, ...harmless } = options;
    const request = {
      ...shared,
      ...this.#renderSource(source, subject.spec.project),
      options: harmless,
      noCache: true,
    };
    return await this.#repoServer.renderFiles(request, files, signal);
  }

  /** Who made a revision of a source, and how it is signed where the project asks for signatures. */
  async revisionMetadata(source: ApplicationSource, asked: AskedRevision): Promise<RevisionMetadata> {
    const spec = this.#projectOf(asked.project === '' ? 'default' : asked.project)?.spec;
    const signature = spec && signatureDemandOf(spec, source);
    return await this.#repoServer.revisionMetadata({
      ...this.#renderSource(source, asked.project),
      revision: asked.revision,
      ...(signature === undefined ? {} : { signature }),
    });
  }

  /** What the makers of a chart or artifact say about it. */
  async artifactMetadata(source: ApplicationSource, asked: AskedRevision): Promise<ArtifactMetadata> {
    return await this.#repoServer.artifactMetadata({
      ...this.#renderSource(source, asked.project),
      revision: asked.revision,
    });
  }

  /** Errors: `permission-denied` where the project does not permit the repository. */
  #renderSource(source: ApplicationSource, project: string): RenderSource {
    if (!this.#isPermitted(source, project)) {
      throw new TiphysError(
        'permission-denied',
        `application repo ${source.repoURL} is not permitted in project '${project}'`,
      );
    }
    return { source, repository: findRepository(this.#declared.repositories, source, project) };
  }

  #isPermitted(source: Pick<ApplicationSource, 'repoURL'>, project: string): boolean {
    const found = this.#projectOf(project === '' ? 'default' : project);
    return found !== undefined && isSourcePermitted(found.spec, source);
  }

  async #shared(
    subject: RenderSubject,
    sources: readonly ApplicationSource[],
  ): Promise<Omit<RenderRequest, 'source' | 'repository' | 'noCache'>> {
    const { spec } = subject;
    const { repositories } = this.#declared.repositories;
    const schemes = this.#settings.cm('helm.valuesFileSchemes');
    return {
      ...(await this.#target.read()),
      appName: subject.instance,
      appNamespace: subject.namespace,
      project: spec.project,
      destinationNamespace: spec.destination.namespace ?? '',
      destinationServer: subject.server,
      refSources: Object.fromEntries(
        sources
          .filter((source) => (source.ref ?? '') !== '')
          .map((source) => [source.ref ?? '', this.#renderSource(source, spec.project)]),
      ),
      helmRepositories: usableBy(repositories, spec.project).filter(
        ({ type, url }) => type === 'helm' && this.#isPermitted({ repoURL: url }, spec.project),
      ),
      options: {
        kustomizeBuildOptions: this.#settings.cm('kustomize.buildOptions'),
        ...(schemes === ''
          ? {}
          : { helmValuesFileSchemes: schemes.split(',').map((scheme) => scheme.trim()) }),
        ...this.#decryption(spec.project),
      },
      refreshRevision: false,
    };
  }

  #decryption(name: string): Pick<RenderRequest['options'], 'decryptionKeys'> {
    const project = this.#settings.projectOf(name);
    const decryptionKeys = project === undefined ? undefined : decryptionKeysOf(project);
    return decryptionKeys === undefined ? {} : { decryptionKeys };
  }
}

const withRevision = (source: ApplicationSource, revision: string | undefined): ApplicationSource =>
  revision === undefined || revision === '' ? source : { ...source, targetRevision: revision };

const isRendered = (source: ApplicationSource): boolean =>
  (source.path ?? '') !== '' || (source.chart ?? '') !== '' || (source.ref ?? '') === '';

/** A failed render as clients of this API read it. */
export function renderFailure(error: unknown): string {
  const reason = error instanceof TiphysError ? error.message : String(error);
  return `rpc error: code = Unknown desc = ${reason}`;
}
