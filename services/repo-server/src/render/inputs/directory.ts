import { posix } from 'node:path';
import { isJsonnetFile, renderDirectoryFiles, selectDirectoryFiles } from '@tiphys/adapter-directory';
import type { DirectorySource, JsonObject } from '@tiphys/model';
import type { FileDecryptor, TreeEntry } from '@tiphys/ports';
import type { Snapshot } from '../snapshot.ts';

export interface DirectoryFiles {
  /** Chosen files in order, relative to the application's directory. */
  readonly files: readonly TreeEntry[];
  readonly hasJsonnet: boolean;
}

/** The files that a directory application consists of. */
export async function chooseFiles(
  snapshot: Snapshot,
  top: TreeEntry,
  directory: DirectorySource | undefined,
): Promise<DirectoryFiles> {
  const entries =
    directory?.recurse === true ? await snapshot.listAll(top.id) : await snapshot.listTop(top.id);
  const byPath = new Map(entries.filter(isFileOrLink).map((entry) => [entry.path, entry]));
  const chosen = selectDirectoryFiles([...byPath.keys()], directory);
  const files: TreeEntry[] = [];
  for (const path of chosen) {
    const entry = byPath.get(path);
    if (entry === undefined) continue;
    const target = entry.mode === 'symlink' ? await followed(snapshot, top, entry) : entry;
    if (target !== undefined) files.push(target);
  }
  return { files, hasJsonnet: files.some(({ path }) => isJsonnetFile(path)) };
}

const isFileOrLink = ({ mode }: TreeEntry): boolean =>
  mode === 'file' || mode === 'executable' || mode === 'symlink';

/** A link to a file stands for the file; one to a directory is passed over. */
async function followed(snapshot: Snapshot, top: TreeEntry, link: TreeEntry): Promise<TreeEntry | undefined> {
  const target = await snapshot.find(posix.join(top.path, link.path));
  return target.mode === 'directory' ? undefined : { ...target, path: link.path };
}

export interface DirectoryRender {
  readonly files: readonly TreeEntry[];
  readonly directory: DirectorySource | undefined;
  readonly path: string;
  readonly maxCombinedBytes: number;
  readonly decryptor?: FileDecryptor | undefined;
}

/** Reads and parses the files straight from the object store. */
export async function renderFiles(
  snapshot: Snapshot,
  { files, directory, path, maxCombinedBytes, decryptor }: DirectoryRender,
): Promise<readonly JsonObject[]> {
  const ids = files.map(({ id }) => id);
  const texts =
    decryptor === undefined
      ? await snapshot.readTexts(ids)
      : await openAll(await snapshot.readBlobs(ids), { files, path, decryptor });
  return renderDirectoryFiles(
    files.map((file, index) => ({ path: file.path, content: texts[index] ?? '' })),
    { ...(directory === undefined ? {} : { directory }), appPath: path, maxCombinedBytes },
  );
}

async function openAll(
  blobs: readonly Uint8Array[],
  { files, path, decryptor }: Pick<DirectoryRender, 'files' | 'path'> & { readonly decryptor: FileDecryptor },
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const [index, file] of files.entries()) {
    const name = posix.join(path, file.path);
    const plain = await decryptor.open(blobs[index] ?? new Uint8Array(), name, { isManifest: true });
    texts.push(Buffer.from(plain).toString('utf8'));
  }
  return texts;
}
