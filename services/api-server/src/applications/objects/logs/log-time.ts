/** A time to the nanosecond, as logs have it. */
export interface LogTime {
  /** Whole seconds since the epoch. */
  readonly seconds: number;
  readonly nanos: number;
  /** RFC 3339 without trailing zeros of the fraction. */
  readonly text: string;
}

const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Undefined for what is no RFC 3339 time. */
export function parseLogTime(text: string): LogTime | undefined {
  const [, whole = '', fraction = '', zone = ''] = RFC3339.exec(text) ?? [];
  const ms = Date.parse(whole + zone);
  if (whole === '' || Number.isNaN(ms)) return undefined;
  const digits = fraction.replace(/0+$/, '');
  return {
    seconds: ms / 1_000,
    nanos: Number(digits.padEnd(9, '0')),
    text: `${whole}${digits === '' ? '' : `.${digits}`}${zone}`,
  };
}

/** A moment of a clock, to the millisecond. */
export function logTimeAt(ms: number): LogTime {
  const text = new Date(ms).toISOString();
  return parseLogTime(text) ?? { seconds: Math.floor(ms / 1_000), nanos: 0, text };
}

/** Negative where `a` is earlier. What has no time comes first. */
export function compareTimes(a: LogTime | undefined, b: LogTime | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return a.seconds - b.seconds || a.nanos - b.nanos;
}
