/** When a schedule fires: the allowed values of each field, and whether it left the day open. */
export interface Schedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** The day of month or the weekday is open: then both fields must hold, else either is enough. */
  readonly isDayOpen: boolean;
  /** Zone of a `TZ=` or `CRON_TZ=` prefix; the fields are read in it. */
  readonly zone?: string;
}

export type ScheduleOutcome = { readonly schedule: Schedule } | { readonly mistake: string };

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Texts that stand for numbers, from `least` on. */
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'weekday', least: 0, most: 6, names: WEEKDAYS },
];

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A schedule that does not fire within so many days never does: 29 February comes back within eight years. */
const SEARCHED_DAYS = 5 * 366;

/**
 * Reads five fields as the reference's cron library does: `*`, `?`, lists, ranges, steps and English names of months
 * and weekdays. Sunday is 0 alone, a number with a step runs to the end of its field, and there are no shorthands
 * such as `@daily`.
 */
export function parseSchedule(text: string): ScheduleOutcome {
  const prefix = /^(?:CRON_)?TZ=(\S*)\s+/u.exec(text);
  const parts = text
    .slice(prefix?.[0].length ?? 0)
    .split(/\s+/u)
    .filter((part) => part !== '');
  if (parts.length !== fields.length) {
    return { mistake: `a schedule has ${fields.length} fields, '${text}' has ${parts.length}` };
  }
  const read = fields.map((field, index) => readField(parts[index] ?? '', field));
  const bad = read.find((one) => typeof one === 'string');
  if (bad !== undefined) return { mistake: `schedule '${text}': ${bad}` };
  const [minutes, hours, days, months, weekdays] = read.map((one) => (typeof one === 'string' ? none : one));
  const zone = prefix?.[1];
  return {
    schedule: {
      minutes: [...(minutes ?? none).values].sort((a, b) => a - b),
      hours: [...(hours ?? none).values].sort((a, b) => a - b),
      days: (days ?? none).values,
      months: (months ?? none).values,
      weekdays: (weekdays ?? none).values,
      isDayOpen: (days ?? none).isOpen || (weekdays ?? none).isOpen,
      ...(zone === undefined ? {} : { zone }),
    },
  };
}

interface Values {
  readonly values: ReadonlySet<number>;
  /** A `*` or `?` without a step is in it. */
  readonly isOpen: boolean;
}

const none: Values = { values: new Set(), isOpen: false };

/** The values of a field, or what is wrong with it. */
function readField(text: string, field: Field): Values | string {
  const values = new Set<number>();
  let isOpen = false;
  for (const part of text.split(',').filter((one) => one !== '')) {
    const range = readRange(part, field);
    if (typeof range === 'string') return range;
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
    isOpen ||= range.isOpen;
  }
  return { values, isOpen };
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly isOpen: boolean;
}

function readRange(text: string, field: Field): Range | string {
  const match = /^(?<low>[^-/]+)(?:-(?<high>[^-/]+))?(?:\/(?<step>[^-/]+))?$/u.exec(text);
  if (match?.groups === undefined) return `'${text}' is no ${field.name}`;
  const { low = '', high, step: stepText } = match.groups;
  const step = stepText === undefined ? 1 : numberOf(stepText);
  if (step === undefined || step === 0) return `'${text}' has no positive step`;
  if (low === '*' || low === '?') {
    return { first: field.least, last: field.most, step, isOpen: step === 1 };
  }
  const first = valueOf(low, field);
  const end = high === undefined ? (stepText === undefined ? first : field.most) : valueOf(high, field);
  if (first === undefined || end === undefined) return `'${text}' is no ${field.name}`;
  if (first < field.least || end > field.most || first > end) {
    return `'${text}' is not within ${field.least} to ${field.most} for the ${field.name}`;
  }
  return { first, last: end, step, isOpen: false };
}

const numberOf = (text: string): number | undefined => (/^\+?\d+$/u.test(text) ? Number(text) : undefined);

function valueOf(text: string, { least, names }: Field): number | undefined {
  const at = names?.indexOf(text.toLowerCase()) ?? -1;
  return at >= 0 ? at + least : numberOf(text);
}

/**
 * The first moment after `after` at which a schedule fires, in milliseconds; undefined where it does not within five
 * years. Fields are read in UTC: for another zone move the time, and move the answer back.
 */
export function nextTime(schedule: Schedule, after: number): number | undefined {
  const today = Math.floor(after / DAY_MS);
  for (let day = today; day <= today + SEARCHED_DAYS; day += 1) {
    if (!isOnDay(schedule, new Date(day * DAY_MS))) continue;
    const time = nextTimeOfDay(schedule, day * DAY_MS, after);
    if (time !== undefined) return time;
  }
  return undefined;
}

function isOnDay({ days, months, weekdays, isDayOpen }: Schedule, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false;
  const isDay = days.has(date.getUTCDate());
  const isWeekday = weekdays.has(date.getUTCDay());
  return isDayOpen ? isDay && isWeekday : isDay || isWeekday;
}

function nextTimeOfDay({ minutes, hours }: Schedule, midnight: number, after: number): number | undefined {
  for (const hour of hours) {
    if (midnight + (hour + 1) * 60 * MINUTE_MS <= after) continue;
    for (const minute of minutes) {
      const time = midnight + (hour * 60 + minute) * MINUTE_MS;
      if (time > after) return time;
    }
  }
  return undefined;
}
