import type { ApplicationSource, JsonObject, Repository, SourceType } from '@tiphys/model';
import type { AbortSignalLike } from './clock.ts';

/** One source to render, with what the repo-server needs to reach it. */
export interface RenderSource {
  readonly source: ApplicationSource;
  readonly repository: Repository;
  /** A resolved revision to render; absent: resolve `source.targetRevision`. */
  readonly revision?: string;
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
  /** Skip cached revisions (normal refresh: resolve refs anew). */
  readonly refreshRevision: boolean;
  /** Skip cached manifests as well (hard refresh). */
  readonly noCache: boolean;
}

export interface RenderOptions {
  readonly kustomizeBuildOptions?: string;
  readonly helmValuesFileSchemes?: readonly string[];
  readonly disabledTools?: readonly SourceType[];
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
}

export interface RevisionMetadata {
  readonly author: string;
  readonly date: string;
  readonly message: string;
  readonly tags: readonly string[];
}

/** The repo-server as its callers see it. Failures are TiphysError with a message that a user can act on. */
export interface RepoServer {
  render(request: RenderRequest, signal?: AbortSignalLike): Promise<RenderResult>;
  /** Resolves a branch, tag, HEAD, SHA or semver range to a commit, chart version or digest. */
  resolveRevision(source: RenderSource, options?: { readonly refresh?: boolean }): Promise<string>;
  revisionMetadata(source: RenderSource & { readonly revision: string }): Promise<RevisionMetadata>;
  /** Connects and lists; rejects with the reason when it cannot. */
  testRepository(repository: Repository): Promise<void>;
}
