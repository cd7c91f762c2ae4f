import { HEALTH_ORDER, SYNC_CODES, sourcesOf } from '@tiphys/model';
import type { Application, HealthCode, SyncCode } from '@tiphys/model';

/** What a badge tells. */
export interface BadgeState {
  /** Left: the health; `Not Found` for an Application that is not there. */
  readonly health: HealthCode | 'Not Found';
  /** Right: the sync status; empty for an Application that is not there. */
  readonly sync: SyncCode | '';
  /** Name of the Application; empty for none. */
  readonly name: string;
  /** What was synced last; empty where nothing was. */
  readonly revision: string;
}

export const UNKNOWN: BadgeState = { health: 'Unknown', sync: 'Unknown', name: '', revision: '' };
export const NOT_FOUND: BadgeState = { health: 'Not Found', sync: '', name: '', revision: '' };

/** What the badge of one Application tells. */
export function stateOfApp(app: Application): BadgeState {
  const { health, sync, operationState } = app.status ?? {};
  const { revision = '', revisions = [] } = operationState?.syncResult ?? {};
  return {
    health: HEALTH_ORDER.find((code) => code === health?.status) ?? 'Unknown',
    sync: SYNC_CODES.find((code) => code === sync?.status) ?? 'Unknown',
    name: app.metadata.name ?? '',
    revision: sourcesOf(app.spec).length > 1 ? (revisions[0] ?? '') : revision,
  };
}

/** What the badge of projects tells: all well, or what is not. */
export function stateOfProjects(apps: readonly Application[]): BadgeState {
  if (apps.length === 0) return UNKNOWN;
  const isHealthy = apps.every((app) => app.status?.health?.status === 'Healthy');
  const isSynced = apps.every((app) => app.status?.sync?.status === 'Synced');
  return {
    health: isHealthy ? 'Healthy' : 'Degraded',
    sync: isSynced ? 'Synced' : 'OutOfSync',
    name: '',
    revision: '',
  };
}
