import {
  hasMultipleSources,
  isAutomated,
  isCompleted,
  sourcesOf,
  type Application,
  type ApplicationSource,
  type Operation,
  type ResourceStatus,
  type SyncStatus,
} from '@tiphys/model';
import { alreadyAttempted, type Target } from './attempted.ts';
import { automatedOperation } from './automated-operation.ts';
import { healsSoFar, selfHealWait, type SelfHealSettings } from './self-heal.ts';

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
  /** Sources to sync in place of those of the spec. */
  readonly sources?: readonly ApplicationSource[];
  /** Whether the compared revision may differ from the one before in what it renders. Default true. */
  readonly mayHaveChanged?: boolean;
}

export type AutomationDecision =
  | { readonly type: 'nothing' }
  | { readonly type: 'start'; readonly operation: Operation }
  | { readonly type: 'wait'; readonly afterMs: number }
  | { readonly type: 'refuse'; readonly message: string };

const nothing: AutomationDecision = { type: 'nothing' };

/** Whether a drifted Application syncs by itself now (wire/sync-semantics.md, section 6). */
export function decideAutoSync(input: AutomationInput): AutomationDecision {
  const { app, sync, resources } = input;
  if (!isCandidate(app, sync)) return nothing;
  const automated = app.spec.syncPolicy?.automated;
  const drifted = resources.filter((resource) => resource.status === 'OutOfSync');
  if (automated?.prune !== true && drifted.every((resource) => resource.requiresPruning === true))
    return nothing;
  const last = app.status?.operationState;
  const target = targetOf(input);
  const attempted = last !== undefined && input.isCauseGone !== true && alreadyAttempted(last, target);
  if (attempted && last.phase !== 'Succeeded') {
    return {
      type: 'refuse',
      message: `Failed last sync attempt to ${revisionList(sync)}: ${last.message ?? ''}`,
    };
  }
  if (attempted && automated?.selfHeal !== true) return nothing;
  const waitMs = attempted ? selfHealWait(last, input.now, input.settings) : 0;
  if (waitMs > 0) return { type: 'wait', afterMs: waitMs };
  if (wouldWipe(app, resources)) {
    return {
      type: 'refuse',
      message: `Skipping sync attempt to ${revisionList(sync)}: auto-sync will wipe out all resources`,
    };
  }
  const heal = attempted ? { attempts: healsSoFar(last) + 1, drifted } : undefined;
  return { type: 'start', operation: automatedOperation(app.spec, target, heal) };
}

/** Automated, drifted, and nothing under way. */
function isCandidate({ spec, metadata, operation, status }: Application, sync: SyncStatus): boolean {
  const last = status?.operationState;
  return (
    isAutomated(spec) &&
    sync.status === 'OutOfSync' &&
    operation === undefined &&
    metadata.deletionTimestamp === undefined &&
    (last === undefined || isCompleted(last.phase))
  );
}

const targetOf = ({ app, sync, sources, mayHaveChanged }: AutomationInput): Target => ({
  sync,
  sources: sources ?? sourcesOf(app.spec),
  isMultiple: hasMultipleSources(app.spec),
  mayHaveChanged: mayHaveChanged ?? true,
});

const wouldWipe = (app: Application, resources: readonly ResourceStatus[]): boolean =>
  app.spec.syncPolicy?.automated?.prune === true &&
  app.spec.syncPolicy.automated.allowEmpty !== true &&
  resources.length > 0 &&
  resources.every((resource) => resource.requiresPruning === true);

const revisionList = (sync: SyncStatus): string => `[${(sync.revisions ?? [sync.revision ?? '']).join(' ')}]`;
