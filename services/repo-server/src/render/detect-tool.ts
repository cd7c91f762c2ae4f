import { TiphysError, type ApplicationSource, type SourceType } from '@tiphys/model';

const EXPLICIT: readonly (readonly ['helm' | 'kustomize' | 'directory' | 'plugin', SourceType])[] = [
  ['kustomize', 'Kustomize'],
  ['helm', 'Helm'],
  ['directory', 'Directory'],
  ['plugin', 'Plugin'],
];

const BY_FILE: readonly (readonly [string, SourceType])[] = [
  ['Chart.yaml', 'Helm'],
  ['kustomization.yaml', 'Kustomize'],
  ['kustomization.yml', 'Kustomize'],
  ['Kustomization', 'Kustomize'],
];

/**
 * Which tool renders a source: the one whose settings it has, else the one that the file names at the top of its
 * directory speak for, else plain files. A tool that is turned off is not taken; plain files always are.
 */
export function detectTool(
  source: ApplicationSource,
  fileNames: ReadonlySet<string>,
  disabled: readonly SourceType[] = [],
): SourceType {
  const explicit = EXPLICIT.filter(([field]) => source[field] !== undefined).map(([, type]) => type);
  if (explicit.length > 1) {
    throw new TiphysError(
      'invalid',
      `the source has settings for ${explicit.join(' and ')}; keep those of one tool`,
    );
  }
  const [asked] = explicit;
  if (asked !== undefined) return disabled.includes(asked) ? 'Directory' : asked;
  const found = BY_FILE.find(([file, type]) => fileNames.has(file) && !disabled.includes(type));
  return found?.[1] ?? 'Directory';
}
