import { TiphysError, type Repository, type SourceType } from '@tiphys/model';
import type { ArtifactSource, ChartListing, GitSource, RenderSource } from '@tiphys/ports';
import type { RevisionService } from '../revision/revision.service.ts';
import { appsIn } from './apps.ts';

/** Index entries of this age are told without asking again. */
const INDEX_AGE_MS = 60_000;

export interface ListingServiceOptions {
  readonly git: GitSource;
  readonly helm: {
    charts(repository: Repository, maxAgeMs: number): Promise<readonly string[]>;
    versions(repository: Repository, name: string, maxAgeMs: number): Promise<readonly string[]>;
  };
  readonly oci: ArtifactSource;
  readonly revisions: RevisionService;
}

/** Tells what a repository has to offer. */
export class ListingService {
  readonly #options: ListingServiceOptions;

  constructor(options: ListingServiceOptions) {
    this.#options = options;
  }

  async refs(
    repository: Repository,
  ): Promise<{ readonly branches: readonly string[]; readonly tags: readonly string[] }> {
    const { git, oci } = this.#options;
    if (repository.type === 'oci' || repository.enableOci === true) {
      return { branches: [], tags: await oci.versions(repository, '', 0) };
    }
    if (repository.type === 'helm')
      throw new TiphysError('invalid', 'a Helm repository has no branches and tags');
    const { branches, tags } = await git.refs(repository, 0);
    return { branches: Object.keys(branches).sort(), tags: Object.keys(tags).sort() };
  }

  async charts(repository: Repository): Promise<readonly ChartListing[]> {
    const { helm } = this.#options;
    if (repository.type !== 'helm' || repository.enableOci === true) {
      throw new TiphysError('invalid', 'only a Helm repository with an index lists its charts');
    }
    const names = await helm.charts(repository, 0);
    return await Promise.all(
      names.map(async (name) => ({ name, versions: await helm.versions(repository, name, INDEX_AGE_MS) })),
    );
  }

  async apps(source: RenderSource): Promise<Readonly<Record<string, SourceType>>> {
    const { git, revisions } = this.#options;
    const { repository } = source;
    if (repository.type !== 'git') return {};
    const sha = await revisions.resolve(source);
    await git.fetch(repository, sha);
    const top = await git.find(repository, sha, '');
    return appsIn(await git.listTree(repository, top.id));
  }
}
