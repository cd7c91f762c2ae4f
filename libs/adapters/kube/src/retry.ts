import { hasCode, isTiphysError } from '@tiphys/model';
import { statusOf } from './api-error.ts';
import type { Authorizer } from './auth.ts';

const MAX_TRIES = 4;
const RETRY_AFTER_MS = 1_000;
/** What undici and the kernel say of a kept-alive connection that the far side had closed already. */
const BROKEN = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export interface FailedTry {
  readonly method: string;
  readonly error: unknown;
  /** Tries made so far, this one included. */
  readonly tries: number;
  readonly authorizer: Authorizer;
  readonly header: string | undefined;
}

/**
 * Milliseconds to wait before the request is sent once more, undefined for never. Nothing was done by a server that
 * answered 401, so any method may go again with a new token, once; GETs go again after 429 (as told by Retry-After,
 * at most 3 times) and, once, after a connection that broke.
 */
export function retryDelay(failed: FailedTry): number | undefined {
  const { error, tries, method, authorizer, header } = failed;
  if (tries === 1 && hasCode(error, 'unauthenticated') && statusOf(error) !== undefined) {
    return authorizer.rejected(header) ? 0 : undefined;
  }
  if (method !== 'GET' || !isTiphysError(error)) return undefined;
  if (error.code === 'resource-exhausted' && statusOf(error) !== undefined && tries < MAX_TRIES) {
    return error.retryAfterMs ?? RETRY_AFTER_MS;
  }
  return tries === 1 && isBroken(error.cause) ? 0 : undefined;
}

const isBroken = (cause: unknown): boolean =>
  BROKEN.has(String((cause as { code?: unknown } | undefined)?.code));
