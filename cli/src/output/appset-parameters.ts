import type { AppSet } from '../api/schemas/application-set.ts';
import { sourcesOf } from '../api/schemas/application.ts';
import { formatTable } from './table.ts';

/** Helm parameters of the template; empty where it has none. */
export function formatAppSetParameters({ metadata, spec }: AppSet): string {
  const parameters = sourcesOf({ metadata, spec: spec.template.spec }).flatMap(
    ({ helm }) => helm?.parameters ?? [],
  );
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, value }) => [name ?? '', value ?? '']);
  return `\n${formatTable([['NAME', 'VALUE'], ...rows])}`;
}
