import { TiphysError, type Repository } from '@tiphys/model';
import type { GitSource, RenderSource, RevisionMetadata } from '@tiphys/ports';
import { artifactName, isArtifact } from '../artifacts.ts';

const TAGS_MAX_AGE_MS = 180_000;

export interface MetadataServiceOptions {
  readonly git: GitSource;
  /** Tells what the maker of an artifact wrote about it. */
  readonly oci: {
    describe(
      repository: Repository,
      name: string,
      revision: string,
    ): Promise<{ readonly annotations: Readonly<Record<string, string>> }>;
  };
}

/** Tells who made a revision, when and why, and which tags name it. */
export class MetadataService {
  readonly #options: MetadataServiceOptions;

  constructor(options: MetadataServiceOptions) {
    this.#options = options;
  }

  async of(asked: RenderSource & { readonly revision: string }): Promise<RevisionMetadata> {
    const { source, repository, revision } = asked;
    if (isArtifact(source, repository)) return this.#ofArtifact(asked);
    const { git } = this.#options;
    await git.fetch(repository, revision);
    const [info, refs] = await Promise.all([
      git.commitInfo(repository, revision),
      git.refs(repository, TAGS_MAX_AGE_MS),
    ]);
    const tags = Object.keys(refs.tags).filter((tag) => refs.tags[tag] === revision);
    return { ...info, tags: tags.sort() };
  }

  async #ofArtifact({
    source,
    repository,
    revision,
  }: RenderSource & { readonly revision: string }): Promise<RevisionMetadata> {
    if (repository.type !== 'oci' && repository.enableOci !== true) {
      throw new TiphysError('failed-precondition', 'an index of charts does not say who made a version');
    }
    const { annotations } = await this.#options.oci.describe(repository, artifactName(source), revision);
    const said = (key: string): string => annotations[`org.opencontainers.image.${key}`] ?? '';
    return {
      author: said('authors'),
      date: said('created'),
      message: said('description') || said('title'),
      tags: [],
    };
  }
}
