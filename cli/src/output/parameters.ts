import type { AppSource } from '../api/schemas/application.ts';
import { formatTable } from './table.ts';

/** The Helm parameters of a source as a table; undefined where the source is not a Helm one. */
export function formatParameters({ helm }: AppSource): string | undefined {
  if (helm === null || helm === undefined) return undefined;
  const rows = (helm.parameters ?? []).map(({ name, value }) => [name ?? '', value ?? '']);
  return formatTable([['NAME', 'VALUE'], ...rows]);
}
