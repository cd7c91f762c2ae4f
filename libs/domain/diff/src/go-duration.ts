const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;
const unitNanos: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A duration as Go writes it: `90s` is `1m30s`, `1h` is `1h0m0s`. What isn't a duration is returned as it is. */
export function canonicalDuration(text: string): string {
  const negative = text.startsWith('-');
  const nanos = nanosOf(negative || text.startsWith('+') ? text.slice(1) : text);
  if (nanos === undefined) return text;
  return nanos === 0 ? '0s' : (negative ? '-' : '') + format(nanos);
}

function nanosOf(text: string): number | undefined {
  if (text === '0') return 0;
  let [total, end] = [0, 0];
  for (const match of text.matchAll(PART)) {
    total += Number(match[1]) * (unitNanos[match[2] ?? ''] ?? 0);
    end = match.index + match[0].length;
  }
  return text !== '' && end === text.length ? Math.trunc(total) : undefined;
}

function format(nanos: number): string {
  if (nanos < 1e3) return `${nanos}ns`;
  if (nanos < 1e6) return `${nanos / 1e3}µs`;
  if (nanos < 1e9) return `${nanos / 1e6}ms`;
  const hours = Math.floor(nanos / 3600e9);
  const minutes = Math.floor((nanos % 3600e9) / 60e9);
  const seconds = `${(nanos % 60e9) / 1e9}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
