import type { JsonObject } from '@tiphys/model';

/** The versions of Kustomize that `argocd-cm` names a program for; nothing where there is none. */
export function kustomizeVersions(data: Readonly<Record<string, string>>): JsonObject {
  const versions = Object.keys(data)
    .flatMap((key) => /^kustomize\.(?:path|version)\.(.+)$/.exec(key)?.[1] ?? [])
    .sort();
  return versions.length === 0 ? {} : { kustomizeVersions: [...new Set(versions)] };
}
