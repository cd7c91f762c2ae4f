import { isAutomated, sourcesOf, type OperationState, type SyncStatus } from '@tiphys/model';
import { judgeWindows, matchingWindows, type WindowVerdict } from '@tiphys/project-policy';
import { objectName } from '@tiphys/runtime/watch';
import {
  blockerOf,
  cycleText,
  dueIn,
  findCycle,
  waitingText,
  type Blocker,
  type Follower,
} from '@tiphys/sync-plan';
import type { AppContext } from '../compare/desired.ts';
import type { AppMemory } from './app-memory.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { levels } from './refresh.ts';

export const BLOCKED_BY_WINDOW = 'Sync operation blocked by sync window';

/** What keeps a sync from going on. It is looked at again when that changes. */
export interface Gate {
  readonly message: string;
  /** Milliseconds until it may have changed; undefined where a change elsewhere tells. */
  readonly afterMs: number | undefined;
}

/** What keeps an operation that was asked for waiting. One that is ending, overdue or between two tries is let go on. */
export function operationGate(
  context: AppContext,
  state: OperationState,
  { memory, deps }: { readonly memory: AppMemory; readonly deps: ReconcilerDeps },
): Gate | undefined {
  const now = deps.clock.now();
  const { syncTimeoutMs } = deps.settings;
  const startedAt = Date.parse(state.startedAt);
  const isOverdue = syncTimeoutMs > 0 && now - startedAt >= syncTimeoutMs;
  if (state.phase !== 'Running' || isOverdue || (dueIn(state, now, deps.parseDuration) ?? 0) > 0)
    return undefined;
  const isManual = state.operation.initiatedBy?.automated !== true;
  const verdict = windowVerdict(context, { isManual, startedAt }, deps);
  if (!verdict.isAllowed) {
    const mistake = verdict.mistake === undefined ? '' : `: ${verdict.mistake}`;
    return { message: BLOCKED_BY_WINDOW + mistake, afterMs: untilChange(verdict, now) };
  }
  // What has begun is not held up by what happens to others.
  if (state.syncResult !== undefined || state.operation.sync?.dryRun === true) return undefined;
  const message = dependencyText(
    context,
    isManual ? undefined : followerOf(context, state.operation.sync ?? {}),
    {
      memory,
      deps,
    },
  );
  return message === undefined ? undefined : { message, afterMs: undefined };
}

/** Whether the windows of the project let an Application sync now. */
export function windowVerdict(
  { app, project, destination }: AppContext,
  sync: { readonly isManual: boolean; readonly startedAt?: number },
  { clock, parseDuration }: Pick<ReconcilerDeps, 'clock' | 'parseDuration'>,
): WindowVerdict {
  const windows = matchingWindows(project.spec.syncWindows, { name: app.metadata.name ?? '', destination });
  return judgeWindows(windows, { ...sync, now: clock.now(), parseDuration });
}

/** Milliseconds until a verdict may be another one. */
export const untilChange = ({ changesAt }: WindowVerdict, now: number): number | undefined =>
  changesAt === undefined ? undefined : Math.max(1, changesAt - now);

/** What an automated sync would sync, for the question whether its dependencies are as far. */
export const followerOf = (
  { app }: Pick<AppContext, 'app'>,
  { revision, revisions }: Pick<SyncStatus, 'revision' | 'revisions'>,
): Follower | undefined =>
  isAutomated(app.spec)
    ? { sources: sourcesOf(app.spec), revisions: revisions ?? [revision ?? ''] }
    : undefined;

/** The cycle that an Application is part of, in words; undefined where it is in none. */
export function cycleOf(
  { app }: Pick<AppContext, 'app'>,
  { dependencies }: ReconcilerDeps,
): string | undefined {
  const cycle = findCycle(objectName(app), dependencies.dependenciesOf);
  return cycle === undefined ? undefined : cycleText(cycle);
}

/** Which dependencies are waited for, in words; undefined where all are ready. Those that are behind are looked at. */
export function dependencyText(
  context: AppContext,
  follower: Follower | undefined,
  { memory, deps }: { readonly memory: AppMemory; readonly deps: ReconcilerDeps },
): string | undefined {
  const { dependencies, controlPlane } = deps;
  const key = objectName(context.app);
  const keys = dependencies.dependenciesOf(key);
  if (keys.length === 0) return undefined;
  const cycle = cycleOf(context, deps);
  if (cycle !== undefined) return cycle;
  const blockers = keys
    .map((one) => blockerOf(one, controlPlane.applications.find(one), follower))
    .filter((blocker) => blocker !== undefined);
  askBehind(key, { blockers, follower, memory, deps });
  return blockers.length === 0 ? undefined : waitingText(blockers);
}

/** Two that follow one branch and saw different commits both look again, once for each pair of commits. */
function askBehind(
  key: string,
  {
    blockers,
    follower,
    memory,
    deps,
  }: {
    readonly blockers: readonly Blocker[];
    readonly follower: Follower | undefined;
    readonly memory: AppMemory;
    readonly deps: ReconcilerDeps;
  },
): void {
  const behind = blockers.filter(({ isBehind }) => isBehind).map((blocker) => blocker.key);
  const seen = behind.map((one) => deps.controlPlane.applications.find(one)?.status?.sync?.revision);
  const what = behind.length === 0 ? '' : JSON.stringify([behind, seen, follower?.revisions]);
  if (what === memory.askedBehind) return;
  memory.askedBehind = what;
  for (const one of behind.length === 0 ? [] : [...behind, key]) deps.lookAgain(one, levels.latest);
}
