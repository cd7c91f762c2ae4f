import type { App } from '../api/schemas/application.ts';
import { keyOf } from '../output/resource-states.ts';

/** What a wait waits for. Health, suspended and degraded are alternatives; the others must all hold. */
export interface WaitConditions {
  readonly sync: boolean;
  readonly health: boolean;
  readonly suspended: boolean;
  readonly degraded: boolean;
  readonly operation: boolean;
  readonly hydrated: boolean;
}

export const nothing: WaitConditions = {
  sync: false,
  health: false,
  suspended: false,
  degraded: false,
  operation: false,
  hydrated: false,
};

/** What is waited for where nothing was asked for. */
export const standard: WaitConditions = {
  ...nothing,
  sync: true,
  health: true,
  operation: true,
  hydrated: true,
};

/** The objects that count; undefined for the application as a whole. */
export type ChosenResources = ReadonlySet<string> | undefined;

/** True once an application, or each chosen object of it, is what was waited for. */
export function isReached(app: App, conditions: WaitConditions, chosen: ChosenResources): boolean {
  if (conditions.operation && isOperating(app)) return false;
  if (conditions.hydrated && isHydrating(app)) return false;
  if (chosen === undefined)
    return isGood(conditions, app.status?.sync?.status ?? '', app.status?.health?.status ?? '');
  const resources = (app.status?.resources ?? []).filter((resource) => chosen.has(keyOf(resource)));
  return resources.every(({ status, health }) =>
    isGood(conditions, status ?? '', health?.status ?? 'Healthy'),
  );
}

/** True while an operation is asked for or runs. */
export function isOperating(app: App): boolean {
  const state = app.status?.operationState;
  return Boolean(app.operation) || (Boolean(state) && !state?.finishedAt);
}

/** True where the status is older than what the last operation changed. */
export function isStale({ status }: App): boolean {
  const state = status?.operationState;
  if (!state?.finishedAt || state.operation?.sync?.dryRun === true) return false;
  const compared = Date.parse(status?.reconciledAt ?? '');
  return Number.isNaN(compared) || compared < Date.parse(state.finishedAt);
}

const isHydrating = ({ status }: App): boolean => {
  const phase = status?.sourceHydrator?.currentOperation?.phase ?? 'Hydrated';
  return phase !== 'Hydrated';
};

function isGood(conditions: WaitConditions, sync: string, health: string): boolean {
  if (conditions.sync && sync !== 'Synced') return false;
  const wanted = [
    ...(conditions.health ? ['Healthy'] : []),
    ...(conditions.suspended ? ['Suspended'] : []),
    ...(conditions.degraded ? ['Degraded'] : []),
  ];
  return wanted.length === 0 || wanted.includes(health);
}
