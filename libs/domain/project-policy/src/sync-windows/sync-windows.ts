import type { SyncWindow } from '@tiphys/model';
import type { ResolvedDestination } from '../destinations.ts';
import { globMatches } from '../glob.ts';
import { occurrenceOf, type DurationParser } from './occurrence.ts';

/** What windows are matched with. */
export interface WindowSubject {
  /** `metadata.name` of the Application. */
  readonly name: string;
  readonly destination: Pick<ResolvedDestination, 'server' | 'name' | 'namespace'>;
}

/** A sync that somebody wants to begin or that is under way. */
export interface WindowQuestion {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Asked for by somebody, rather than automated. */
  readonly isManual: boolean;
  /** When the operation under way began, in milliseconds since the epoch; absent for one that is yet to begin. */
  readonly startedAt?: number;
  readonly parseDuration: DurationParser;
}

export interface WindowVerdict {
  readonly isAllowed: boolean;
  /** Why the windows cannot be read; then nothing is allowed. */
  readonly mistake?: string;
  /** Milliseconds since the epoch at which the verdict may change; absent where no window matches or one is bad. */
  readonly changesAt?: number;
}

/** The windows of a project that concern an Application (wire/sync-semantics.md, section 7). */
export const matchingWindows = (
  windows: readonly SyncWindow[] | undefined,
  subject: WindowSubject,
): readonly SyncWindow[] => (windows ?? []).filter((window) => concerns(window, subject));

function concerns(window: SyncWindow, { name, destination }: WindowSubject): boolean {
  const matches = (patterns: readonly string[] | undefined, ...values: readonly string[]) =>
    patterns === undefined || patterns.length === 0
      ? undefined
      : patterns.some((pattern) => values.some((value) => globMatches(pattern, value)));
  const verdicts = [
    matches(window.applications, name),
    matches(window.namespaces, destination.namespace),
    matches(window.clusters, destination.server, destination.name),
  ];
  return window.andOperator === true ? !verdicts.includes(false) : verdicts.includes(true);
}

/** The windows that are open now. Bad ones are left out. */
export const activeWindows = (
  windows: readonly SyncWindow[],
  { now, parseDuration }: Pick<WindowQuestion, 'now' | 'parseDuration'>,
): readonly SyncWindow[] =>
  windows.filter((window) => {
    const outcome = occurrenceOf(window, now, parseDuration);
    return 'occurrence' in outcome && outcome.occurrence.isActive;
  });

/**
 * Whether a sync may go on, by the windows that concern its Application. An open `deny` forbids, an open `allow`
 * permits, and where there are only closed ones of `allow` nothing is permitted. One bad window forbids everything, as
 * what it would say is not known.
 */
export function judgeWindows(windows: readonly SyncWindow[], question: WindowQuestion): WindowVerdict {
  const seen: Seen[] = [];
  for (const window of windows) {
    const outcome = occurrenceOf(window, question.now, question.parseDuration);
    if ('mistake' in outcome) return { isAllowed: false, mistake: outcome.mistake };
    seen.push({ window, ...outcome.occurrence });
  }
  const isAllowed = isPermitted(seen, question.isManual) || mayOverrun(windows, seen, question);
  if (seen.length === 0) return { isAllowed };
  return { isAllowed, changesAt: Math.min(...seen.map(({ changesAt }) => changesAt)) };
}

interface Seen {
  readonly window: SyncWindow;
  readonly isActive: boolean;
  readonly changesAt: number;
}

function isPermitted(seen: readonly Seen[], isManual: boolean): boolean {
  const blockers = blockersAmong(seen);
  return blockers.length === 0 || (isManual && blockers.every(({ window }) => window.manualSync === true));
}

/** The windows that stand in the way now. */
function blockersAmong(seen: readonly Seen[]): readonly Seen[] {
  const denying = seen.filter(({ window, isActive }) => window.kind === 'deny' && isActive);
  if (denying.length > 0) return denying;
  const allowing = seen.filter(({ window }) => window.kind === 'allow');
  return allowing.some(({ isActive }) => isActive) ? [] : allowing;
}

/** An operation that began while it was permitted goes on where all that came in its way since let it. */
function mayOverrun(
  windows: readonly SyncWindow[],
  seen: readonly Seen[],
  { startedAt, isManual, parseDuration }: WindowQuestion,
): boolean {
  if (startedAt === undefined) return false;
  const blockers = blockersAmong(seen);
  const wasOpen = new Set(activeWindows(windows, { now: startedAt, parseDuration }));
  // Of the closed windows of `allow` only those that the operation began in have a say.
  const asked = blockers.filter(({ window }) => window.kind === 'deny' || wasOpen.has(window));
  if (asked.length === 0 || asked.some(({ window }) => window.syncOverrun !== true)) return false;
  return judgeWindows(windows, { now: startedAt, isManual, parseDuration }).isAllowed;
}
