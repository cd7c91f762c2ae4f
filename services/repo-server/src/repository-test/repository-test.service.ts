import type { Repository } from '@tiphys/model';
import type { GitSource } from '@tiphys/ports';

/** Connects to a repository and logs in; rejects with the reason when it cannot. */
export class RepositoryTestService {
  readonly #git: GitSource;

  constructor(git: GitSource) {
    this.#git = git;
  }

  async test(repository: Repository): Promise<void> {
    await this.#git.refs(repository, 0);
  }
}
