import { kustomizeInputs } from '@tiphys/adapter-kustomize';
import type { KustomizeSource } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import type { Snapshot } from '../snapshot.ts';
import { wholeRepository, withLinkTargets, type Input } from './input.ts';

export interface KustomizationPlace {
  readonly path: string;
  readonly kustomize: KustomizeSource | undefined;
}

/**
 * All that a kustomization reads from its repository: the closure of the files that it names. Where the Application
 * adds files of its own or the closure reaches elsewhere, the whole repository.
 */
export async function kustomizationInputs(
  snapshot: Snapshot,
  root: RepoRoot,
  { path, kustomize }: KustomizationPlace,
): Promise<readonly Input[]> {
  if (addsFiles(kustomize)) return wholeRepository(snapshot);
  const closure = await kustomizeInputs(root, path);
  if (closure === undefined) return wholeRepository(snapshot);
  const files = await Promise.all(
    closure.files.map(async (file) => ({ ...(await snapshot.find(file)), path: file })),
  );
  const directories = await Promise.all(closure.directories.map((directory) => snapshot.find(directory)));
  return withLinkTargets(snapshot, [...files, ...directories]);
}

const addsFiles = (kustomize: KustomizeSource | undefined): boolean =>
  (kustomize?.components ?? []).length > 0 ||
  (kustomize?.patches ?? []).some((patch) => patch.path !== undefined);
