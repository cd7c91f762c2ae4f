import type { SyncWindows } from '../api/schemas/server.ts';
import { qualifiedName, sourcesOf, type App, type AppSource } from '../api/schemas/application.ts';
import { field } from './field.ts';
import { revisionText } from './revision.ts';
import { statusCell } from './status-colour.ts';
import { formatTable } from './table.ts';
import type { Paint } from './terminal.ts';
import { goTime } from './time.ts';

/** When the application may be synced; `unknown` says why that could not be found out. */
export type WindowState = SyncWindows | 'none' | { readonly unknown: string };

export interface SummaryOptions {
  readonly url: string;
  readonly windows: WindowState;
  readonly paint?: Paint;
}

/** What an application is and how it is, in lines. */
export function formatSummary(app: App, options: SummaryOptions): string {
  const sources = sourcesOf(app);
  const { destination } = app.spec;
  return [
    field('Name:', qualifiedName(app)),
    field('Project:', app.spec.project ? app.spec.project : 'default'),
    field('Server:', destination?.server ? destination.server : (destination?.name ?? '')),
    field('Namespace:', destination?.namespace ?? ''),
    field('URL:', options.url),
    sources.length > 1 || (app.spec.sources ?? []).length > 0 ? 'Sources:\n' : 'Source:\n',
    ...sources.map(formatSource),
    ...windowLines(options.windows),
    field('Sync Policy:', syncPolicyText(app)),
    field('Sync Status:', syncText(app, options.paint)),
    field('Health Status:', healthText(app, options.paint)),
  ].join('');
}

/** One source, in lines. */
export function formatSource({ repoURL, targetRevision, path, ref, helm, kustomize }: AppSource): string {
  const valueFiles = helm?.valueFiles ?? [];
  return [
    field('- Repo:', repoURL ?? ''),
    field('  Target:', targetRevision ?? ''),
    path ? field('  Path:', path) : '',
    ref ? field('  Ref:', ref) : '',
    valueFiles.length > 0 ? field('  Helm Values:', valueFiles.join(',')) : '',
    kustomize?.namePrefix ? field('  Name Prefix:', kustomize.namePrefix) : '',
  ].join('');
}

function windowLines(windows: WindowState): readonly string[] {
  if (windows === 'none') return [field('SyncWindow:', 'Sync Allowed')];
  if ('unknown' in windows) return [field('SyncWindow:', `Unknown (${String(windows.unknown)})`)];
  const active = windows.activeWindows ?? [];
  const denied = active.some(({ kind }) => kind === 'deny');
  const verdict = windows.canSync === true ? (denied ? 'Manual Allowed' : 'Sync Allowed') : 'Sync Denied';
  const assigned = windows.assignedWindows ?? [];
  if (assigned.length === 0) return [field('SyncWindow:', verdict)];
  const shown = assigned.map(({ kind, schedule, duration }) => [kind, schedule, duration].join(':'));
  return [field('SyncWindow:', verdict), field('Assigned Windows:', shown.join(','))];
}

function syncPolicyText({ spec: { syncPolicy } }: App): string {
  const automated = syncPolicy?.automated;
  if (automated === null || automated === undefined || automated.enabled === false) return 'Manual';
  return automated.prune === true ? 'Automated (Prune)' : 'Automated';
}

function syncText(app: App, paint: Paint | undefined): string {
  const status = app.status?.sync?.status ?? '';
  const target = sourcesOf(app)[0]?.targetRevision ?? '';
  const revision = revisionText(target, app.status?.sync?.revision);
  const shown = coloured(status, paint);
  if (status === 'Synced') return `${shown} to ${revision}`;
  return status === 'OutOfSync' ? `${shown} from ${revision}` : shown;
}

function healthText(app: App, paint: Paint | undefined): string {
  const { status, message } = app.status?.health ?? {};
  const shown = coloured(status ?? '', paint);
  return message ? `${shown} (${message})` : shown;
}

function coloured(text: string, paint: Paint | undefined): string {
  const { colour } = statusCell(text);
  return colour === undefined || paint === undefined ? text : paint(text, colour);
}

/** The conditions of an application as a table; empty where there are none. */
export function formatConditions(app: App): string {
  const conditions = app.status?.conditions ?? [];
  if (conditions.length === 0) return '';
  const rows = conditions.map(({ type, message, lastTransitionTime }) => [
    type,
    message ?? '',
    goTime(lastTransitionTime),
  ]);
  return formatTable([['CONDITION', 'MESSAGE', 'LAST TRANSITION'], ...rows]);
}
