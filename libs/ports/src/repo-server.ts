import type { ApplicationSource, JsonObject, Repository, SourceType } from '@tiphys/model';
import type { SignatureDemand } from '@tiphys/project-policy';
import type { AbortSignalLike } from './clock.ts';

/** One source to render, with what the repo-server needs to reach it. */
export interface RenderSource {
  readonly source: ApplicationSource;
  readonly repository: Repository;
  /** A resolved revision to render; absent: resolve `source.targetRevision`. */
  readonly revision?: string;
  /** What must be signed, and by whom; absent: nothing. */
  readonly signature?: SignatureDemand;
}

export interface RenderRequest extends RenderSource {
  /** `metadata.name`, or `<namespace>_<name>` outside the control plane's namespace. */
  readonly appName: string;
  /** The Application's own namespace, for the build environment. */
  readonly appNamespace: string;
  readonly project: string;
  readonly destinationNamespace: string;
  readonly destinationServer: string;
  /** `1.36.3` */
  readonly kubeVersion: string;
  /** `apps/v1`, `apps/v1/Deployment`, … sorted. */
  readonly apiVersions: readonly string[];
  /** Sources that others refer to as `$ref/...`, by their `ref`. */
  readonly refSources: Readonly<Record<string, RenderSource>>;
  /** Repositories a chart's dependencies may come from, with credentials. */
  readonly helmRepositories: readonly Repository[];
  /** From `argocd-cm` (`kustomize.buildOptions`, `helm.valuesFileSchemes`), never from the wire of an outsider. */
  readonly options: RenderOptions;
  /** Value of the annotation `argocd.argoproj.io/manifest-generate-paths`. */
  readonly manifestGeneratePaths?: string;
  /** Skip cached revisions (normal refresh: resolve refs anew). */
  readonly refreshRevision: boolean;
  /** Skip cached manifests as well (hard refresh). */
  readonly noCache: boolean;
}

export interface RenderOptions {
  readonly kustomizeBuildOptions?: string;
  readonly helmValuesFileSchemes?: readonly string[];
  readonly disabledTools?: readonly SourceType[];
  /** Keys for encrypted files that the AppProject allows, by name; absent: encrypted files may not be opened. */
  readonly decryptionKeys?: 'all' | readonly string[];
}

export interface RenderResult {
  /** Kubernetes objects as rendered, in order, without tracking marks. */
  readonly objects: readonly JsonObject[];
  /** Equal for equal objects: changes exactly when the rendered content may have changed. */
  readonly contentHash: string;
  /** Commit SHA, chart version or OCI digest. */
  readonly revision: string;
  readonly sourceType: SourceType;
  /** Revisions of the `ref` sources used, by `ref`. */
  readonly refRevisions: Readonly<Record<string, string>>;
  /**
   * Where the source, or one that it refers to, does not meet its demand for signatures. Undefined where nobody looked:
   * a demand is met only where this is an empty list.
   */
  readonly signatureProblems?: readonly SignatureProblem[];
}

export interface SignatureProblem {
  /** The `ref` of the source that it is about; empty for the rendered source itself. */
  readonly ref: string;
  readonly problem: string;
}

export interface RevisionMetadata {
  readonly author: string;
  readonly date: string;
  readonly message: string;
  readonly tags: readonly string[];
  /** How the revision is signed and where that does not meet the demand; absent where the source makes no demand. */
  readonly signature?: RevisionSignature;
}

export interface RevisionSignature {
  /** Such as `Good signature from key 4AEE18F83AFDEB23`. */
  readonly info: string;
  readonly problems: readonly string[];
}

/** Two revisions of a repository, and which of its files count. */
export interface ChangesQuestion extends RenderSource {
  /** The newer revision. */
  readonly revision: string;
  /** The older one. */
  readonly since: string;
  /** Files, directories and globs from the root of the repository. */
  readonly paths: readonly string[];
}

/** Charts of a Helm repository. */
export interface ChartListing {
  readonly name: string;
  /** As the index orders them. */
  readonly versions: readonly string[];
}

/** A source, and what it may refer to, for looking at without rendering it. */
export interface DetailsRequest extends RenderSource {
  readonly appName: string;
  readonly refSources: Readonly<Record<string, RenderSource>>;
  readonly options: RenderOptions;
}

/** Which tool renders a source, and what it can be told. */
export interface AppDetails {
  readonly sourceType: SourceType;
  readonly helm?: {
    /** Names of files that look like values, from the chart's directory. */
    readonly valueFiles: readonly string[];
    /** Every scalar of the values, by its dotted path: those of the chart, then of the value files, then of the source. */
    readonly parameters: Readonly<Record<string, string>>;
    /** Text of the chart's own values.yaml. */
    readonly values: string;
  };
  readonly kustomize?: {
    /** Images of the objects that it makes, each once. */
    readonly images: readonly string[];
  };
}

/** What the makers of a chart or artifact say about it. */
export interface ArtifactMetadata {
  /** Of charts alone. */
  readonly chart?: {
    readonly description: string;
    readonly home: string;
    /** `Name <mail>`, what is missing left out. */
    readonly maintainers: readonly string[];
  };
  /** Annotations of a manifest in a registry, such as `org.opencontainers.image.created`. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A gzipped tar archive on its way. */
export interface FilesUpload {
  /** SHA-256 of the archive in hex. */
  readonly checksum: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What uploaded files render to. */
export type RenderedFiles = Pick<RenderResult, 'objects' | 'sourceType'>;

/** The repo-server as its callers see it. Failures are TiphysError with a message that a user can act on. */
export interface RepoServer {
  render(request: RenderRequest, signal?: AbortSignalLike): Promise<RenderResult>;
  /** Resolves a branch, tag, HEAD, SHA or semver range to a commit, chart version or digest. */
  resolveRevision(source: RenderSource, options?: { readonly refresh?: boolean }): Promise<string>;
  revisionMetadata(source: RenderSource & { readonly revision: string }): Promise<RevisionMetadata>;
  /** Whether a file that one of the paths names differs between two revisions; true where that cannot be told. */
  hasChanges(question: ChangesQuestion): Promise<boolean>;
  /** Connects and lists; rejects with the reason when it cannot. */
  testRepository(repository: Repository): Promise<void>;
  /** Why a revision does not meet the source's demand for signatures; empty where it does. */
  verifyRevision(source: RenderSource & { readonly revision: string }): Promise<readonly string[]>;
}

/** Files of a git repository that patterns name. */
export interface FilesQuestion extends RenderSource {
  /** Globs from the root. */
  readonly patterns: readonly string[];
  /** `*` ends at a slash and `**` does not; else neither does. */
  readonly doublestar: boolean;
}

/** What generators of Applications read of git repositories. */
export interface RepositoryTrees {
  /** All directories, from the root, in order, without hidden ones. Errors: `invalid` for a repository that is not git. */
  listDirectories(source: RenderSource): Promise<readonly string[]>;
  /** Texts by path. Errors: `invalid` for what is no pattern, `resource-exhausted` for too many or too large files. */
  readFiles(question: FilesQuestion): Promise<Readonly<Record<string, string>>>;
}

/** What else the repo-server tells of repositories, for those who choose among them. */
export interface RepositoryCatalogue {
  /** Branches and tags of a git repository; the tags of an artifact, which has no branches. Asked of the remote now. */
  listRefs(
    repository: Repository,
  ): Promise<{ readonly branches: readonly string[]; readonly tags: readonly string[] }>;
  /** Errors: `invalid` for a repository that is none of Helm's. */
  listCharts(repository: Repository): Promise<readonly ChartListing[]>;
  /** The directories that Helm or Kustomize renders, by path; plain files count for nothing. */
  listApps(source: RenderSource): Promise<Readonly<Record<string, SourceType>>>;
  /** Names of the config-management plugins that run beside the repo-server. */
  listPlugins(): Promise<readonly string[]>;
  /** Errors: those of a render. Nothing but files of the source and of what it may refer to is told. */
  appDetails(request: DetailsRequest): Promise<AppDetails>;
  /** Of a chart in an index, a chart in a registry, or an artifact. Errors: `not-found` where there is no such revision. */
  artifactMetadata(source: RenderSource & { readonly revision: string }): Promise<ArtifactMetadata>;
  /**
   * Renders uploaded files as if they were the source's repository. Nothing of them is kept, and encrypted ones are not
   * opened. Errors: `invalid` for a wrong checksum and for archives that lead out of themselves, `resource-exhausted`
   * for ones that are too large, and those of a render.
   */
  renderFiles(request: RenderRequest, files: FilesUpload, signal?: AbortSignalLike): Promise<RenderedFiles>;
}
