import { qualifiedName, sourcesOf, type App } from '../api/schemas/application.ts';
import { statusCell } from './status-colour.ts';
import { formatTable, type Row } from './table.ts';
import type { Paint } from './terminal.ts';

const header: Row = [
  ...['NAME', 'CLUSTER', 'NAMESPACE', 'PROJECT', 'STATUS', 'HEALTH'],
  ...['SYNCPOLICY', 'CONDITIONS', 'REPO', 'PATH', 'TARGET'],
];

/** Applications as a table, one a line; of several sources the first is shown. */
export const formatAppList = (apps: readonly App[], paint?: Paint): string =>
  formatTable([header, ...apps.map(rowOf)], paint === undefined ? {} : { paint });

function rowOf(app: App): Row {
  const { destination, project } = app.spec;
  const [source] = sourcesOf(app);
  return [
    qualifiedName(app),
    firstText(destination?.server, destination?.name),
    destination?.namespace ?? '',
    firstText(project, 'default'),
    statusCell(app.status?.sync?.status ?? ''),
    statusCell(app.status?.health?.status ?? ''),
    syncPolicyOf(app),
    conditionsOf(app),
    source?.repoURL ?? '',
    source?.path ?? '',
    source?.targetRevision ?? '',
  ];
}

const firstText = (...texts: readonly (string | null | undefined)[]): string =>
  texts.find((text) => (text ?? '') !== '') ?? '';

function syncPolicyOf({ spec: { syncPolicy } }: App): string {
  const automated = syncPolicy?.automated;
  if (automated === null || automated === undefined || automated.enabled === false) return 'Manual';
  return automated.prune === true ? 'Auto-Prune' : 'Auto';
}

function conditionsOf({ status }: App): string {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  if (types.length === 0) return '<none>';
  const count = (type: string): number => types.filter((other) => other === type).length;
  const shown = [...new Set(types)].map((type) =>
    count(type) > 1 ? `${type}(${String(count(type))})` : type,
  );
  return shown.join(',');
}
