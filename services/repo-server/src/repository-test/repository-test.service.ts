import type { Repository } from '@tiphys/model';
import type { GitSource } from '@tiphys/ports';

export interface RepositoryTestOptions {
  readonly git: Pick<GitSource, 'refs'>;
  /** Reads the index of a Helm repository. */
  readonly helm: { charts(repository: Repository, maxAgeMs: number): Promise<unknown> };
  /** Logs in to a registry. */
  readonly oci: { ping(repository: Repository): Promise<void> };
}

/** Connects to a repository and logs in; rejects with the reason when it cannot. */
export class RepositoryTestService {
  readonly #options: RepositoryTestOptions;

  constructor(options: RepositoryTestOptions) {
    this.#options = options;
  }

  async test(repository: Repository): Promise<void> {
    const { git, helm, oci } = this.#options;
    if (repository.type === 'oci' || repository.enableOci === true) return oci.ping(repository);
    await (repository.type === 'helm' ? helm.charts(repository, 0) : git.refs(repository, 0));
  }
}
