import { ownProjectAnnotations, type AppProject } from '@tiphys/model';

/**
 * The keys that renders for a project may open encrypted files with: all of them, or those of these names; undefined
 * where the project allows none. Said by its annotation, as a list with commas or `*`.
 */
export function decryptionKeysOf({
  metadata,
}: Pick<AppProject, 'metadata'>): 'all' | readonly string[] | undefined {
  const text = metadata.annotations?.[ownProjectAnnotations.sopsKeys] ?? '';
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.includes('*')) return 'all';
  return names.length === 0 ? undefined : [...new Set(names)].sort();
}
