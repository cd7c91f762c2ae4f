import { TiphysError } from '@tiphys/model';
import type { Claims } from './claims.ts';

/** The refusal that names resource, action and object; only for callers who may know that the object exists. */
export function denied(claims: Claims | undefined, what: readonly string[]): TiphysError {
  const who = claims?.subject === undefined ? [] : [`sub: ${claims.subject}`];
  const since = claims?.issuedAt === undefined ? [] : [`iat: ${rfc3339(claims.issuedAt)}`];
  return new TiphysError('permission-denied', `permission denied: ${[...what, ...who, ...since].join(', ')}`);
}

/** The refusal that tells nothing: the same whether the object exists or not. */
export const hidden = (): TiphysError => new TiphysError('permission-denied', 'permission denied');

const rfc3339 = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
