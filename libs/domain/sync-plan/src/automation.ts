import {
  hasMultipleSources,
  isAutomated,
  isCompleted,
  sourcesOf,
  type Application,
  type ApplicationSource,
  type Operation,
  type OperationState,
  type ResourceStatus,
  type SyncOperationResource,
  type SyncStatus,
} from '@tiphys/model';

/** What the last comparison found. */
export interface AutomationInput {
  readonly app: Application;
  readonly sync: SyncStatus;
  readonly resources: readonly ResourceStatus[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly settings: SelfHealSettings;
  /** The last sync was refused for a cause outside git, and nothing would refuse it now. Default false. */
  readonly isCauseGone?: boolean;
}

/** Waits between self-heals of one revision, in milliseconds. */
export interface SelfHealSettings {
  /** Fixed wait where `backoffBaseMs` is 0. */
  readonly timeoutMs: number;
  readonly backoffBaseMs: number;
  readonly backoffFactor: number;
  readonly backoffCapMs: number;
}

export const defaultSelfHeal: SelfHealSettings = {
  timeoutMs: 0,
  backoffBaseMs: 2_000,
  backoffFactor: 3,
  backoffCapMs: 300_000,
};

/** Retries of an automated sync that names no limit. */
const AUTOMATED_RETRY_LIMIT = 5;

export type AutomationDecision =
  | { readonly type: 'nothing' }
  | { readonly type: 'start'; readonly operation: Operation }
  | { readonly type: 'wait'; readonly afterMs: number }
  | { readonly type: 'refuse'; readonly message: string };

const nothing: AutomationDecision = { type: 'nothing' };

/** Whether a drifted Application syncs by itself now (wire/sync-semantics.md, section 6). */
export function decideAutoSync(input: AutomationInput): AutomationDecision {
  const { app, sync, resources } = input;
  if (!isAutomated(app.spec) || sync.status !== 'OutOfSync' || app.operation !== undefined) return nothing;
  if (app.metadata.deletionTimestamp !== undefined) return nothing;
  const last = app.status?.operationState;
  if (last !== undefined && !isCompleted(last.phase)) return nothing;
  const automated = app.spec.syncPolicy?.automated;
  const drifted = resources.filter((resource) => resource.status === 'OutOfSync');
  if (automated?.prune !== true && drifted.every((resource) => resource.requiresPruning === true))
    return nothing;
  const attempted = last !== undefined && input.isCauseGone !== true && alreadyAttempted(app, sync, last);
  if (attempted && last.phase !== 'Succeeded') {
    return {
      type: 'refuse',
      message: `Failed last sync attempt to ${revisionList(sync)}: ${last.message ?? ''}`,
    };
  }
  if (attempted && automated?.selfHeal !== true) return nothing;
  const attempts = attempted ? (last.operation.sync?.autoHealAttemptsCount ?? 0) : 0;
  const waitMs = attempted ? selfHealWait(last, { now: input.now, attempts, settings: input.settings }) : 0;
  if (waitMs > 0) return { type: 'wait', afterMs: waitMs };
  if (wouldWipe(app, resources)) {
    return {
      type: 'refuse',
      message: `Skipping sync attempt to ${revisionList(sync)}: auto-sync will wipe out all resources`,
    };
  }
  return {
    type: 'start',
    operation: operationFor(app, sync, attempted ? { attempts: attempts + 1, drifted } : undefined),
  };
}

const wouldWipe = (app: Application, resources: readonly ResourceStatus[]): boolean =>
  app.spec.syncPolicy?.automated?.prune === true &&
  app.spec.syncPolicy.automated.allowEmpty !== true &&
  resources.length > 0 &&
  resources.every((resource) => resource.requiresPruning === true);

const revisionList = (sync: SyncStatus): string => `[${(sync.revisions ?? [sync.revision ?? '']).join(' ')}]`;

/** True where the last operation synced these very revisions and sources. */
function alreadyAttempted(app: Application, sync: SyncStatus, last: OperationState): boolean {
  const result = last.syncResult;
  if (result === undefined) return isCompleted(last.phase) && last.operation.sync !== undefined;
  if (hasMultipleSources(app.spec)) {
    return (
      same(result.revisions ?? [], sync.revisions ?? []) && same(result.sources ?? [], sourcesOf(app.spec))
    );
  }
  return result.revision === (sync.revision ?? '') && same(result.source ?? {}, app.spec.source ?? {});
}

/** Structural equality of parsed JSON whose keys may come in another order. */
const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

function selfHealWait(
  last: OperationState,
  at: { now: number; attempts: number; settings: SelfHealSettings },
): number {
  const { settings, attempts } = at;
  const elapsed = at.now - Date.parse(last.finishedAt ?? last.startedAt);
  if (settings.backoffBaseMs === 0) return settings.timeoutMs - elapsed;
  if (attempts === 0) return 0;
  return (
    Math.min(settings.backoffBaseMs * settings.backoffFactor ** (attempts - 1), settings.backoffCapMs) -
    elapsed
  );
}

function operationFor(
  app: Application,
  sync: SyncStatus,
  heal: { readonly attempts: number; readonly drifted: readonly ResourceStatus[] } | undefined,
): Operation {
  const policy = app.spec.syncPolicy;
  const sources: readonly ApplicationSource[] = sourcesOf(app.spec);
  return {
    initiatedBy: { automated: true },
    retry: policy?.retry ?? { limit: AUTOMATED_RETRY_LIMIT },
    sync: {
      ...(hasMultipleSources(app.spec)
        ? { revisions: sync.revisions ?? [], sources }
        : { revision: sync.revision ?? '', ...(sources[0] === undefined ? {} : { source: sources[0] }) }),
      ...(policy?.automated?.prune === true ? { prune: true } : {}),
      ...(policy?.syncOptions === undefined ? {} : { syncOptions: policy.syncOptions }),
      ...(heal === undefined
        ? {}
        : { autoHealAttemptsCount: heal.attempts, resources: heal.drifted.map(selectionOf) }),
    },
  };
}

const selectionOf = (resource: ResourceStatus): SyncOperationResource => ({
  ...(resource.group === undefined || resource.group === '' ? {} : { group: resource.group }),
  kind: resource.kind,
  name: resource.name,
});
