import { createHash } from 'node:crypto';
import { TiphysError } from '@tiphys/model';
import * as z from 'zod';
import type { Position } from './order.ts';

/** Bytes of base64: a position is some short texts. */
const MAX_LENGTH = 8_192;

const tokenSchema = z.tuple([
  z.literal(1),
  z.string(),
  z
    .array(z.union([z.string(), z.number()]))
    .min(2)
    .max(32),
]);

/**
 * The token that goes on behind a position: where the last page ended, not what was on it, so that nothing is kept
 * between two calls and any replica can go on. It fits only the query that it was given for.
 */
export const continueToken = (position: Position, query: string): string =>
  Buffer.from(JSON.stringify([1, seal(position, query), position])).toString('base64url');

/** The position in a token. @throws TiphysError `invalid` for a token of another query, or none of ours */
export function positionIn(token: string, query: string): Position {
  const parsed = tokenSchema.safeParse(jsonIn(token));
  if (!parsed.success) throw new TiphysError('invalid', 'continue: this is no token of a list');
  const [, mark, position] = parsed.data;
  if (mark !== seal(position, query)) {
    throw new TiphysError(
      'invalid',
      'continue: this token was given for another query; begin anew without it, or ask with the same filters and sort',
    );
  }
  return position;
}

const seal = (position: Position, query: string): string =>
  createHash('sha256')
    .update(JSON.stringify([query, position]))
    .digest('base64url')
    .slice(0, 16);

function jsonIn(token: string): unknown {
  if (token.length > MAX_LENGTH) return undefined;
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
