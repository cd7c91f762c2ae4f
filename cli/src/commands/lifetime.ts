import { exitCodes, Failure } from '../program/failure.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a span such as `90m`, `24h` or `7d`; 0 for none. */
export function secondsOf(text: string | undefined, flag: string): number {
  const parts = [...(text ?? '').matchAll(/(\d+)([smhd])/g)];
  const isWhole = parts.map(([part]) => part).join('') === (text ?? '');
  if (!isWhole)
    throw new Failure(`--${flag} ${text ?? ''} is no span such as 90m, 24h or 7d.`, {
      exitCode: exitCodes.general,
    });
  return parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (SECONDS[unit] ?? 1), 0);
}

/** Seconds since the epoch as a time such as `2026-01-02T03:04:05Z`. */
export const timeOf = (seconds: number): string =>
  new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
