import { z } from 'zod';
import { parseGoDuration } from './go-duration.ts';

const truthy = new Set(['true', '1', 't', 'yes', 'on']);
const falsy = new Set(['false', '0', 'f', 'no', 'off', '']);

const boolean = z.string().transform((text, context) => {
  const lower = text.toLowerCase();
  if (truthy.has(lower)) return true;
  if (falsy.has(lower)) return false;
  context.addIssue({ code: 'custom', message: 'must be true or false' });
  return z.NEVER;
});

const durationMs = z.string().transform((text, context) => {
  const ms = parseGoDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'must be a duration such as 90s, 3m or 1h30m' });
  return z.NEVER;
});

/** Parsers for the values of options: text in, typed value out. */
export const flags = {
  text: z.string(),
  boolean,
  /** Go duration (`90s`, `3m`) or bare seconds, as milliseconds. */
  durationMs,
  integer: (min: number, max: number) =>
    z
      .string()
      .regex(/^-?\d+$/u, 'must be a whole number')
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
  port: z
    .string()
    .regex(/^\d+$/u, 'must be a port')
    .transform(Number)
    .pipe(z.number().int().min(0).max(65_535)),
  list: z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
  oneOf: <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values),
};
