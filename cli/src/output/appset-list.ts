import { qualifiedSetName, type AppSet, type AppSetCondition } from '../api/schemas/application-set.ts';
import { sourcesOf } from '../api/schemas/application.ts';
import type { Row } from './table.ts';
import { goTime } from './time.ts';

export const appsetHeader: Row = [
  'NAME',
  'PROJECT',
  'SYNCPOLICY',
  'HEALTH',
  'CONDITIONS',
  'REPO',
  'PATH',
  'TARGET',
];

/** One ApplicationSet; of several sources of its template the first is shown. */
export function appsetRow(appset: AppSet): Row {
  const { spec } = appset.spec.template;
  const [source] = sourcesOf({ metadata: appset.metadata, spec });
  return [
    qualifiedSetName(appset),
    spec.project ? spec.project : 'default',
    appset.spec.syncPolicy?.applicationsSync ?? 'nil',
    appset.status?.health?.status ?? '',
    conditionsOf(appset),
    source?.repoURL ?? '',
    source?.path ?? '',
    source?.targetRevision ?? '',
  ];
}

/** Those that hold, with all that is known of them. */
function conditionsOf({ status }: AppSet): string {
  const holding = (status?.conditions ?? []).filter((condition) => condition.status === 'True');
  return `[${holding.map(conditionText).join(' ')}]`;
}

const conditionText = ({ type, message, lastTransitionTime, status, reason }: AppSetCondition): string =>
  `{${[type, message, goTime(lastTransitionTime), status, reason].map((part) => part ?? '').join(' ')}}`;
