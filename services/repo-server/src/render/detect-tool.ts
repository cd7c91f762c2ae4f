import { posix } from 'node:path';
import { TiphysError, type ApplicationSource, type SourceType } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';

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

export interface DetectRequest {
  readonly source: ApplicationSource;
  readonly path: string;
  /** Tools that are turned off. */
  readonly disabled?: readonly SourceType[] | undefined;
}

/**
 * Which tool renders a source: the one whose settings it has, else the one that a file at the top of its directory
 * speaks for, else plain files. A tool that is turned off is not taken; plain files always are.
 */
export async function detectTool(
  root: RepoRoot,
  { source, path, disabled = [] }: DetectRequest,
): Promise<SourceType> {
  const explicit = explicitTool(source);
  if (explicit !== undefined) return disabled.includes(explicit) ? 'Directory' : explicit;
  for (const [file, type] of BY_FILE) {
    if (!disabled.includes(type) && (await root.exists(posix.join(path, file)))) return type;
  }
  return 'Directory';
}

/** The tool whose settings the source has. `invalid` where it has those of two. */
export function explicitTool(source: ApplicationSource): SourceType | undefined {
  const found = EXPLICIT.filter(([field]) => source[field] !== undefined).map(([, type]) => type);
  if (found.length <= 1) return found[0];
  throw new TiphysError(
    'invalid',
    `the source has settings for ${found.join(' and ')}; keep those of one tool`,
  );
}
