import type { GitSource, RenderSource, RevisionMetadata } from '@tiphys/ports';

const TAGS_MAX_AGE_MS = 180_000;

/** Tells who made a revision, when and why, and which tags name it. */
export class MetadataService {
  readonly #git: GitSource;

  constructor(git: GitSource) {
    this.#git = git;
  }

  async of({
    repository,
    revision,
  }: RenderSource & { readonly revision: string }): Promise<RevisionMetadata> {
    await this.#git.fetch(repository, revision);
    const [info, refs] = await Promise.all([
      this.#git.commitInfo(repository, revision),
      this.#git.refs(repository, TAGS_MAX_AGE_MS),
    ]);
    const tags = Object.keys(refs.tags).filter((tag) => refs.tags[tag] === revision);
    return { ...info, tags: tags.sort() };
  }
}
