/** Every failure that crosses a boundary has one of these codes; edges translate them to gRPC and HTTP. */
export type ErrorCode =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'invalid'
  | 'unauthenticated'
  | 'permission-denied'
  | 'failed-precondition'
  | 'out-of-range'
  | 'resource-exhausted'
  | 'deadline'
  | 'canceled'
  | 'unavailable'
  | 'unimplemented'
  | 'unknown'
  | 'internal';

export interface ErrorOptionsWithRetry {
  readonly cause?: unknown;
  /** Milliseconds after which the far side said a retry makes sense. */
  readonly retryAfterMs?: number;
}

/**
 * The one error class of the code base. `message` says what failed, where, for which input and what to do;
 * it never holds a credential. `cause` keeps the original.
 */
export class TiphysError extends Error {
  override readonly name = 'TiphysError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptionsWithRetry = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

export const isTiphysError = (error: unknown): error is TiphysError => error instanceof TiphysError;

/** True for an error of that code. */
export const hasCode = (error: unknown, code: ErrorCode): boolean =>
  isTiphysError(error) && error.code === code;

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
