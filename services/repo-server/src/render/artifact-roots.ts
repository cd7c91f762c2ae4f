import { createHash } from 'node:crypto';
import { identityOf } from '@tiphys/adapter-git';
import type { ApplicationSource } from '@tiphys/model';
import type { RenderSource, RepoFiles, RepoRoot } from '@tiphys/ports';
import { artifactName, artifactSourceOf, type Artifacts } from '../artifacts.ts';
import type { ExportStore } from './export-store.ts';

export interface ArtifactRootsOptions {
  readonly artifacts: Artifacts;
  readonly store: ExportStore;
  readonly files: RepoFiles;
}

/** Files that a task may read as long as it runs. */
export interface LentRoots {
  /** The next look fetches anew. */
  forget(asked: RenderSource, revision: string): Promise<void>;
  use<T>(asked: RenderSource, revision: string, task: (root: RepoRoot) => Promise<T>): Promise<T>;
}

/** Charts and artifacts, fetched and unpacked. */
export class ArtifactRoots implements LentRoots {
  readonly #options: ArtifactRootsOptions;

  constructor(options: ArtifactRootsOptions) {
    this.#options = options;
  }

  /** The next look fetches anew. */
  forget(asked: RenderSource, revision: string): Promise<void> {
    return this.#options.store.forget(storeKey(asked, revision));
  }

  /** Lends the unpacked artifact to a task. Nobody gets at what was fetched with another login. */
  use<T>(asked: RenderSource, revision: string, task: (root: RepoRoot) => Promise<T>): Promise<T> {
    const { artifacts, store, files } = this.#options;
    const { repository, source } = asked;
    const name = artifactName(source);
    return store.use(
      storeKey(asked, revision),
      async (into) => {
        const from = artifactSourceOf(artifacts, repository);
        return (await from.fetch(withPassing(repository, source), name, revision, into)).directory;
      },
      async (directory) => task(await files.open(directory)),
    );
  }
}

const storeKey = (asked: RenderSource, revision: string): string =>
  `artifact:${artifactKey(asked, revision)}`;

/** Names an artifact as it is fetched with one login. */
export function artifactKey({ repository, source }: RenderSource, revision: string): string {
  const passes = source.helm?.passCredentials === true;
  const identity = [identityOf(repository), passes, artifactName(source), revision];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** `spec.source.helm.passCredentials` is a setting of the source that the download needs. */
const withPassing = (
  repository: RenderSource['repository'],
  source: ApplicationSource,
): RenderSource['repository'] & { readonly passCredentials?: boolean } =>
  source.helm?.passCredentials === true ? { ...repository, passCredentials: true } : repository;
