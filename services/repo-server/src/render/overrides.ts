import { posix } from 'node:path';
import type { ApplicationSource } from '@tiphys/model';
import type { TreeEntry } from '@tiphys/ports';
import { mergeSourceOverrides, overrideFiles } from '@tiphys/source-overrides';
import type { Snapshot } from './snapshot.ts';

export interface OverrideRequest {
  readonly source: ApplicationSource;
  readonly appName: string;
  readonly path: string;
  readonly entries: readonly TreeEntry[];
}

/** The source with what `.argocd-source.yaml` and its kin in its directory say about it. */
export async function applyOverrides(
  snapshot: Snapshot,
  { source, appName, path, entries }: OverrideRequest,
): Promise<ApplicationSource> {
  let result = source;
  for (const name of overrideFiles(appName)) {
    if (!entries.some((entry) => entry.path === name)) continue;
    const file = posix.join(path, name);
    const [text = ''] = await snapshot.readTexts([(await snapshot.find(file)).id]);
    result = mergeSourceOverrides(result, text, file);
  }
  return result;
}
