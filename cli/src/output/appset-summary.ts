import { qualifiedSetName, type AppSet } from '../api/schemas/application-set.ts';
import { sourcesOf } from '../api/schemas/application.ts';
import { formatSource } from './app-summary.ts';
import { field } from './field.ts';
import { formatTable } from './table.ts';
import { goTime } from './time.ts';

/** What an ApplicationSet is and how it is, in lines. */
export function formatAppSet(appset: AppSet): string {
  const { spec } = appset.spec.template;
  const { destination } = spec;
  const sources = sourcesOf({ metadata: appset.metadata, spec });
  return [
    field('Name:', qualifiedSetName(appset)),
    field('Project:', spec.project ? spec.project : 'default'),
    field('Server:', destination?.server ? destination.server : (destination?.name ?? '')),
    field('Namespace:', destination?.namespace ?? ''),
    field('Health Status:', appset.status?.health?.status ?? ''),
    (spec.sources ?? []).length > 0 ? 'Sources:\n' : 'Source:\n',
    ...sources.map(formatSource),
    field('SyncPolicy:', syncPolicyOf(appset)),
    formatConditions(appset),
  ].join('');
}

function syncPolicyOf({ spec }: AppSet): string {
  const automated = spec.template.spec.syncPolicy?.automated;
  if (automated === null || automated === undefined || automated.enabled === false) return '<none>';
  return automated.prune === true ? 'Automated (Prune)' : 'Automated';
}

function formatConditions({ status }: AppSet): string {
  const rows = (status?.conditions ?? []).map((condition) => [
    condition.type,
    condition.status ?? '',
    condition.message ?? '',
    goTime(condition.lastTransitionTime),
  ]);
  if (rows.length === 0) return '';
  return `\n${formatTable([['CONDITION', 'STATUS', 'MESSAGE', 'LAST TRANSITION'], ...rows])}`;
}
