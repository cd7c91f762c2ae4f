import { posix } from 'node:path';
import type { ApplicationSource } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { mergeSourceOverrides, overrideFiles } from '@tiphys/source-overrides';

export interface OverrideRequest {
  readonly source: ApplicationSource;
  readonly appName: string;
  readonly path: string;
}

/** The source with what `.argocd-source.yaml` and its kin in its directory say about it. */
export async function applyOverrides(
  root: RepoRoot,
  { source, appName, path }: OverrideRequest,
): Promise<ApplicationSource> {
  let result = source;
  for (const name of overrideFiles(appName)) {
    const file = posix.join(path, name);
    if (!name.includes('/') && (await root.exists(file))) {
      result = mergeSourceOverrides(result, await root.readFile(file), file);
    }
  }
  return result;
}
