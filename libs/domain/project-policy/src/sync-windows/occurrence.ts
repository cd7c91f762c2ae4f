import type { SyncWindow } from '@tiphys/model';
import { nextTime, parseSchedule, type Schedule } from './cron.ts';
import { zoneOffsetMs } from './zone-offset.ts';

/** Reads a Go duration as milliseconds; undefined where it is none. Given by the caller, so that one parser serves all. */
export type DurationParser = (text: string) => number | undefined;

/** Whether a window is open at a moment, and when that changes. */
export interface Occurrence {
  readonly isActive: boolean;
  /** Milliseconds since the epoch at which it opens or closes; never later than an hour from now. */
  readonly changesAt: number;
}

export type OccurrenceOutcome = { readonly occurrence: Occurrence } | { readonly mistake: string };

/** The clock of a zone may be moved at any hour, so nothing is foretold for longer. */
const HORIZON_MS = 3_600_000;

/**
 * Whether a window is open now: it fired within its duration. Schedules are read in the window's zone, with the offset
 * that the zone has now; a zone that nobody knows counts as UTC (wire/sync-semantics.md, section 7). A schedule that
 * never fires, such as 30 February, counts as open for ever.
 */
export function occurrenceOf(window: SyncWindow, now: number, parse: DurationParser): OccurrenceOutcome {
  const parsed = parseSchedule(window.schedule ?? '');
  if ('mistake' in parsed) return parsed;
  const { schedule } = parsed;
  const duration = durationOf(window.duration ?? '', parse);
  if (duration === undefined) return { mistake: `duration '${window.duration ?? ''}' is not like 1h30m` };
  const prefixed = schedule.zone === undefined ? 0 : zoneOffsetMs(schedule.zone, now);
  if (prefixed === undefined) return { mistake: `schedule '${window.schedule ?? ''}' names an unknown zone` };
  const offset = prefixed + (zoneOffsetMs(zoneOf(window), now) ?? 0);
  const local = now + offset;
  const start = nextTime(schedule, local - duration);
  if (start === undefined) return { occurrence: { isActive: true, changesAt: now + HORIZON_MS } };
  const isActive = start < local;
  const change = isActive ? endOf(schedule, { start, duration, until: local + HORIZON_MS }) : start + 1;
  return { occurrence: { isActive, changesAt: Math.min(now + HORIZON_MS, change - offset) } };
}

const zoneOf = ({ timeZone }: SyncWindow): string =>
  timeZone === undefined || timeZone === '' ? 'UTC' : timeZone;

/** Unlike elsewhere a number of seconds needs its unit here. */
const durationOf = (text: string, parse: DurationParser): number | undefined =>
  /^\d*$/u.test(text) && text !== '0' ? undefined : parse(text);

/** When a window closes that fires again before it does. */
function endOf(
  schedule: Schedule,
  { start, duration, until }: { readonly start: number; readonly duration: number; readonly until: number },
): number {
  let end = start + duration;
  let next = nextTime(schedule, start);
  while (next !== undefined && next < end && end < until) {
    end = next + duration;
    next = nextTime(schedule, next);
  }
  return end;
}
