import type { ApplicationSource, JsonObject, Repository } from '@tiphys/model';
import type { RepoRoot } from './repo-files.ts';
import type { RenderRequest } from './repo-server.ts';

/** All that a renderer may look at. */
export interface RenderContext {
  readonly root: RepoRoot;
  /** Directory of the application inside the root, as `spec.source.path` says (`.` for the root). */
  readonly path: string;
  /** The source after `.argocd-source.yaml` overrides and environment substitution. */
  readonly source: ApplicationSource;
  readonly request: RenderRequest;
  /** The build environment: ARGOCD_APP_NAME and its kin. */
  readonly env: Readonly<Record<string, string>>;
  /** Roots of the sources that `$ref/...` names. */
  readonly refRoots: Readonly<Record<string, RepoRoot>>;
  readonly helmRepositories: readonly Repository[];
  /** Present where encrypted files are looked for. */
  readonly decryptor?: FileDecryptor;
}

/** Opens the files of one render that are encrypted in git. */
export interface FileDecryptor {
  /**
   * A file in the clear, or the very bytes given where it is not encrypted. `name` is the file as the user knows it; its
   * ending tells the format. `isManifest`: what comes out is to hold Kubernetes objects. Rejects where the file cannot be
   * opened or may not be, naming it and never what it holds.
   */
  open(content: Uint8Array, name: string, options?: { readonly isManifest?: boolean }): Promise<Uint8Array>;
}

/** Turns files into Kubernetes objects. One adapter a tool. */
export interface Renderer {
  render(context: RenderContext): Promise<readonly JsonObject[]>;
}

/** A chart or artifact fetched into a directory. */
export interface FetchedArtifact {
  /** Version of the chart, or digest of the artifact. */
  readonly revision: string;
  readonly directory: string;
}

/** Reads a Helm repository (index.yaml) or an OCI registry. */
export interface ArtifactSource {
  /** Versions or tags that exist. `maxAgeMs` as in GitSource.refs. */
  versions(repository: Repository, name: string, maxAgeMs: number): Promise<readonly string[]>;
  /** Unpacks one version into a fresh directory below `into` (bounded in bytes and entries). */
  fetch(repository: Repository, name: string, revision: string, into: string): Promise<FetchedArtifact>;
  /** Digest behind a tag or digest; for charts the version itself. */
  resolve(repository: Repository, name: string, version: string): Promise<string>;
}
