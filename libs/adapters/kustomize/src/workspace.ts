import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JsonObject } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { stringifyJson } from '@tiphys/yaml';
import type { KustomizeInputs } from './inputs.ts';

export interface Workspace {
  readonly directory: string;
  remove(): Promise<void>;
}

export interface WorkspaceContents {
  readonly root: RepoRoot;
  readonly inputs: KustomizeInputs;
  /** File that holds `kustomization` instead of its own contents. */
  readonly file: string;
  readonly kustomization: JsonObject;
  /** What stands in place of other files' contents. */
  readonly opened?: ReadonlyMap<string, Uint8Array>;
}

/** A private copy of what a kustomization reads, in the layout of the repository, links written out. */
export async function createWorkspace(parent: string, contents: WorkspaceContents): Promise<Workspace> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(join(parent, 'kustomize-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  try {
    await fill(directory, contents);
  } catch (error) {
    await remove();
    throw error;
  }
  return { directory, remove };
}

async function fill(directory: string, contents: WorkspaceContents): Promise<void> {
  const { root, inputs, opened = new Map<string, Uint8Array>() } = contents;
  for (const home of inputs.directories) {
    await cp(await root.resolve(home), join(directory, home), { recursive: true, dereference: true });
  }
  for (const file of inputs.files) {
    const target = join(directory, file);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(await root.resolve(file), target);
  }
  for (const [path, content] of opened) {
    await rm(join(directory, path), { force: true });
    await writeFile(join(directory, path), content, { mode: 0o600, flag: 'wx' });
  }
  const file = join(directory, contents.file);
  await rm(file, { force: true });
  await writeFile(file, stringifyJson(contents.kustomization));
}
