import { isTouched } from '@tiphys/glob';
import { hasCode } from '@tiphys/model';
import type { ChangesQuestion, GitSource } from '@tiphys/ports';
import { isArtifact } from '../artifacts.ts';
import { changedFiles } from './changed-files.ts';

/** Tells whether the files that somebody renders from changed between two commits. */
export class ChangesService {
  readonly #git: GitSource;

  constructor(git: GitSource) {
    this.#git = git;
  }

  /** True where it cannot be told: another kind of source, a commit that is gone, or too many changes. */
  async has({ source, repository, revision, since, paths }: ChangesQuestion): Promise<boolean> {
    if (isArtifact(source, repository)) return true;
    if (revision === since) return false;
    if (!(await this.#holds(repository, since))) return true;
    await this.#git.fetch(repository, revision);
    const files = await changedFiles(this.#git, { repository, revision, since });
    return files === undefined || isTouched(paths, files);
  }

  /** A branch that was written anew has left its old commits behind. */
  async #holds(repository: ChangesQuestion['repository'], sha: string): Promise<boolean> {
    try {
      await this.#git.fetch(repository, sha);
      return true;
    } catch (error) {
      if (hasCode(error, 'not-found') || hasCode(error, 'invalid')) return false;
      throw error;
    }
  }
}
