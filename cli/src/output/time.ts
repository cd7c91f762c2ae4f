const SECOND = 1000;

/** A time as Go prints it, such as `2026-01-02 15:04:05 +0100 CET`, in the zone of the machine; empty for none. */
export function goTime(text: string | null | undefined): string {
  const date = text === null || text === undefined ? undefined : new Date(text);
  if (date === undefined || Number.isNaN(date.getTime())) return '';
  return `${localDate(date)} ${localTime(date)} ${offsetOf(date, '')} ${zoneOf(date)}`;
}

/** A time such as `2026-01-02T15:04:05+01:00`, in the zone of the machine. */
export const stampOf = (date: Date): string => `${localDate(date)}T${localTime(date)}${offsetOf(date, ':')}`;

/** A span as Go prints it: `0s`, `1m5s`, `2h0m0s`. */
export function goSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND));
  const parts = { h: Math.floor(seconds / 3600), m: Math.floor(seconds / 60) % 60, s: seconds % 60 };
  const hours = parts.h > 0 ? `${String(parts.h)}h` : '';
  const minutes = parts.h > 0 || parts.m > 0 ? `${String(parts.m)}m` : '';
  return `${hours}${minutes}${String(parts.s)}s`;
}

/** How old something is in its largest unit: `4s`, `12m`, `3h`, `5d`. */
export function age(since: string | null | undefined, now: Date): string {
  if (since === null || since === undefined) return '';
  const seconds = Math.max(0, Math.floor((now.getTime() - new Date(since).getTime()) / SECOND));
  if (Number.isNaN(seconds)) return '';
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
  ];
  const [size, letter] = units.find(([unit]) => seconds >= unit) ?? [1, 's'];
  return `${String(Math.floor(seconds / size))}${letter}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

const localDate = (date: Date): string =>
  `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

const localTime = (date: Date): string =>
  `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

function offsetOf(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${separator}${two(size % 60)}`;
}

function zoneOf(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
