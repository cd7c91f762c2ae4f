import { z } from 'zod';
import { TiphysError } from '@tiphys/model';

const MAX_SIDE = 10_000;
const side = z.number().int().min(0).max(MAX_SIDE);

const frame = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('stdin'), data: z.string() }),
  z.object({ operation: z.literal('resize'), rows: side, cols: side }),
]);

/** What a browser says: keys that were pressed, or the size of its window. */
export type ClientFrame = z.infer<typeof frame>;

/** @throws TiphysError `invalid` for what is neither. */
export function readFrame(text: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TiphysError('invalid', 'a frame of a terminal is JSON', { cause });
  }
  const parsed = frame.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TiphysError('invalid', 'a frame of a terminal is stdin with data, or resize with rows and cols');
}

/** Output as browsers take it. */
export const outputFrame = (data: string): string =>
  JSON.stringify({ operation: 'stdout', data, rows: 0, cols: 0 });

/** Asks the browser to open another connection, which brings the newest token. */
export const RECONNECT_FRAME = JSON.stringify({ Code: 1 });
