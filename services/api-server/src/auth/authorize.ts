import { TiphysError } from '@tiphys/model';
import { ADMIN } from './claims.ts';
import type { Claims } from './claims.ts';

export type ApiResourceName = 'applications' | 'projects';
export type ApiAction =
  | 'get'
  | 'create'
  | 'update'
  | 'delete'
  | 'sync'
  | 'override'
  /** An action of a kind: `action/<group>/<kind>/<name>`. */
  | `action/${string}`;

/** True where the caller may do it. The admin account may do everything, all others nothing. */
export function authorize(
  claims: Claims | undefined,
  _resource: ApiResourceName,
  _action: ApiAction,
  _object: string,
): boolean {
  return claims?.subject === ADMIN;
}

/** @throws TiphysError `permission-denied` naming what was refused. */
export function enforce(
  claims: Claims | undefined,
  resource: ApiResourceName,
  action: ApiAction,
  object: string,
): void {
  if (!authorize(claims, resource, action, object)) throw denied(claims, [resource, action, object]);
}

/** The refusal that names resource, action and object; only for callers who may know that the object exists. */
export function denied(claims: Claims | undefined, what: readonly string[]): TiphysError {
  const who = claims?.subject === undefined ? [] : [`sub: ${claims.subject}`];
  const since = claims?.issuedAt === undefined ? [] : [`iat: ${rfc3339(claims.issuedAt)}`];
  return new TiphysError('permission-denied', `permission denied: ${[...what, ...who, ...since].join(', ')}`);
}

/** The refusal that tells nothing: the same whether the object exists or not. */
export const hidden = (): TiphysError => new TiphysError('permission-denied', 'permission denied');

const rfc3339 = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
