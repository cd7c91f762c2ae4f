import type { Application, ApplicationStatus } from '@tiphys/model';
import type { AppMemory } from './app-memory.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';
import { reconciledAt } from './refresh.ts';

/** First wait after a look that failed; doubled each time, up to the poll interval. */
const FIRST_RETRY_MS = 5_000;
/** A look is never due sooner than this. */
const LEAST_WAIT_MS = 1_000;
/** Timers do not count further than some weeks. */
const LONGEST_WAIT_MS = 86_400_000;

type TimingDeps = Pick<ReconcilerDeps, 'settings' | 'clock'>;

/**
 * The poll interval with this Application's own share of the jitter. After a look that failed the next one comes
 * sooner, so that an Application heals by itself soon after the cause is gone. 0 where polling is off.
 */
export function resyncMsOf(app: Application, memory: AppMemory, { settings }: TimingDeps): number {
  const { resyncMs, jitterMs } = settings;
  const polling = resyncMs === 0 ? 0 : resyncMs + Math.floor(shareOf(app.metadata.uid ?? '') * jitterMs);
  const failures = failuresOf(app, memory);
  if (failures === 0) return polling;
  const retry = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10);
  return polling === 0 ? retry : Math.min(polling, retry);
}

/** Milliseconds until an Application is looked at without being asked; undefined for never. */
export function nextLookMs(
  status: ApplicationStatus,
  app: Application,
  { memory, deps }: { readonly memory: AppMemory; readonly deps: TimingDeps },
): number | undefined {
  const now = deps.clock.now();
  const { hardResyncMs } = deps.settings;
  const resyncMs = resyncMsOf(app, memory, deps);
  const due = [
    ...(resyncMs === 0 ? [] : [reconciledAt({ status }) + resyncMs - now]),
    ...(hardResyncMs === 0 ? [] : [memory.hardAt + hardResyncMs - now]),
  ];
  return due.length === 0 ? undefined : Math.max(LEAST_WAIT_MS, Math.min(...due, LONGEST_WAIT_MS));
}

/** The earlier of two waits, of which each may be none. */
export function sooner(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/** Looks in a row that failed; at least one where the status says so, as after a restart. */
export const failuresOf = ({ status }: Application, { failures }: AppMemory): number =>
  failures === 0 && status?.conditions?.some(({ type }) => type === 'ComparisonError') === true
    ? 1
    : failures;

/** A stable number from 0 to 1 for a name (FNV-1a). */
function shareOf(name: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619);
  return (hash >>> 0) / 4_294_967_296;
}
