import { posix } from 'node:path';
import type { SourceType } from '@tiphys/model';
import type { TreeEntry } from '@tiphys/ports';

const MARKS: Readonly<Record<string, SourceType>> = {
  'Chart.yaml': 'Helm',
  'kustomization.yaml': 'Kustomize',
  'kustomization.yml': 'Kustomize',
  Kustomization: 'Kustomize',
};

/** Directories that hold a file that a tool is made for, by path; of two tools Helm wins. */
export function appsIn(entries: readonly TreeEntry[]): Readonly<Record<string, SourceType>> {
  const found = new Map<string, SourceType>();
  for (const { path, mode } of entries) {
    const type = mode === 'directory' ? undefined : MARKS[posix.basename(path)];
    if (type === undefined) continue;
    const directory = posix.dirname(path);
    if (type === 'Helm' || !found.has(directory)) found.set(directory, type);
  }
  return Object.fromEntries(found);
}
