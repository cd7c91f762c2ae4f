import type { Repository } from '@tiphys/model';
import type { GitSource, TreeEntry } from '@tiphys/ports';

/** One commit of one repository, already in the mirror. */
export class Snapshot {
  readonly repository: Repository;
  readonly sha: string;
  readonly #git: GitSource;

  constructor(git: GitSource, repository: Repository, sha: string) {
    this.#git = git;
    this.repository = repository;
    this.sha = sha;
  }

  /** What a path leads to, symlinks followed. */
  find(path: string): Promise<TreeEntry> {
    return this.#git.find(this.repository, this.sha, path);
  }

  listTop(treeId: string): Promise<readonly TreeEntry[]> {
    return this.#git.listTree(this.repository, treeId, { recursive: false });
  }

  listAll(treeId: string): Promise<readonly TreeEntry[]> {
    return this.#git.listTree(this.repository, treeId);
  }

  async readTexts(ids: readonly string[]): Promise<readonly string[]> {
    const blobs = await this.#git.readBlobs(this.repository, ids);
    return blobs.map((blob) => Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('utf8'));
  }

  readBlobs(ids: readonly string[]): Promise<readonly Uint8Array[]> {
    return this.#git.readBlobs(this.repository, ids);
  }

  exportTree(treeId: string, directory: string): Promise<void> {
    return this.#git.exportTree(this.repository, treeId, directory);
  }
}
