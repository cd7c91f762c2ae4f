/**
 * The one path resolver: every file a render touches is reached through a root like this.
 * `..`, absolute paths and symlinks that leave the root are refused with code `invalid`
 * and a message that names the path as the user wrote it, never a path of this machine.
 */
export interface RepoRoot {
  /** Absolute directory of the root on this machine, links resolved. */
  readonly directory: string;
  /** Absolute real path of something inside the root, relative to `from` (a directory inside the root; default the root itself). A leading `/` means the root. */
  resolve(path: string, from?: string): Promise<string>;
  readFile(path: string, from?: string): Promise<string>;
  exists(path: string, from?: string): Promise<boolean>;
  /** All regular files below a directory, sorted, relative to it. */
  walk(path: string): Promise<readonly string[]>;
  /** Checks that no symlink below a directory leaves the root. */
  assertNoEscapes(path: string): Promise<void>;
}

/** Makes roots. */
export interface RepoFiles {
  open(directory: string): Promise<RepoRoot>;
}
