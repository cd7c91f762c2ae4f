import { compileGlob } from '@tiphys/glob';
import type { AppProject, Application } from '@tiphys/model';

/** Globs of label keys that events of an Application carry, and of those that they do not, which win. */
export interface EventLabels {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Reads `resource.includeEventLabelKeys` and `resource.excludeEventLabelKeys`. */
export const parseEventLabels = (data: Readonly<Record<string, string>>): EventLabels => ({
  include: keysOf(data['resource.includeEventLabelKeys']),
  exclude: keysOf(data['resource.excludeEventLabelKeys']),
});

const keysOf = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');

/** The labels that events of an Application carry: of its own and of its project's; its own win. */
export function eventLabelsOf(
  { include, exclude }: EventLabels,
  app: Application,
  project: AppProject | undefined,
): Readonly<Record<string, string>> {
  if (include.length === 0) return {};
  const all = { ...project?.metadata.labels, ...app.metadata.labels };
  return Object.fromEntries(
    Object.entries(all).filter(([key]) => isAny(include, key) && !isAny(exclude, key)),
  );
}

const isAny = (globs: readonly string[], key: string): boolean =>
  globs.some((glob) => compileGlob(glob)?.(key) === true);
