import { TiphysError, type Repository } from '@tiphys/model';
import type { GitSource, RenderSource, RevisionMetadata } from '@tiphys/ports';
import { artifactName, isArtifact } from '../artifacts.ts';
import type { IntegrityService } from '../integrity/integrity.service.ts';

const TAGS_MAX_AGE_MS = 180_000;
const SHA = /^[0-9a-f]{40}$/u;
const DIGEST = /^sha256:[0-9a-f]{64}$/u;

export interface MetadataServiceOptions {
  readonly git: GitSource;
  readonly integrity: Pick<IntegrityService, 'signatureOf'>;
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
    const { git, integrity } = this.#options;
    if (!SHA.test(revision)) throw unresolved(revision);
    await git.fetch(repository, revision);
    const [info, refs, signature] = await Promise.all([
      git.commitInfo(repository, revision),
      git.refs(repository, TAGS_MAX_AGE_MS),
      integrity.signatureOf(asked),
    ]);
    const tags = Object.keys(refs.tags).filter((tag) => refs.tags[tag] === revision);
    return { ...info, tags: tags.sort(), ...(signature === undefined ? {} : { signature }) };
  }

  async #ofArtifact({
    source,
    repository,
    revision,
  }: RenderSource & { readonly revision: string }): Promise<RevisionMetadata> {
    const isInRegistry = repository.type === 'oci' || repository.enableOci === true;
    if (!isInRegistry || !DIGEST.test(revision)) throw unresolved(revision);
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

/** A branch, tag or version stands for something else tomorrow. */
const unresolved = (revision: string): TiphysError =>
  new TiphysError('invalid', `revision ${revision} must be resolved`);
