import type { ProjectSpec } from '../../api/schemas/project.ts';
import { Failure } from '../../program/failure.ts';

type Rule = Readonly<Record<string, unknown>>;

/** What a project says of objects that belong to no application. */
export function orphanedOf({ orphanedResources: settings }: ProjectSpec): {
  readonly warn?: boolean | null | undefined;
  readonly ignore: readonly Rule[];
} & Readonly<Record<string, unknown>> {
  if (settings) return { ...settings, ignore: settings.ignore ?? [] };
  throw new Failure('The project does not watch for orphaned resources.', {
    hints: ['tiphys proj set PROJECT --orphaned-resources switches it on.'],
  });
}

export const isSameRule = (a: Rule, b: Rule): boolean =>
  ['group', 'kind', 'name'].every((key) => (a[key] ?? '') === (b[key] ?? ''));
