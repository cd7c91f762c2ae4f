import { TiphysError } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import { statusOf } from './api-error.ts';

/** So long after a connection failed an API server may answer before it has loaded what it decides by. */
const GRACE_MS = 10_000;

/**
 * Knows when an API server may be starting. One that starts refuses with 401 and 403 what it allows a moment later, as
 * its roles, tokens and admission plugins are not loaded yet; such a refusal is `unavailable` then.
 */
export class Starting {
  readonly #clock: Clock;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of a failure and says what it means. */
  judge(error: TiphysError): TiphysError {
    const status = statusOf(error);
    if (status === undefined) {
      if (error.code === 'unavailable') this.#failedAt = this.#clock.now();
      return error;
    }
    const isRefusal = status.httpStatus === 401 || status.httpStatus === 403;
    if (!isRefusal || this.#clock.now() - this.#failedAt >= GRACE_MS) return error;
    const message = `${error.message} (the API server has just come back and may not be ready)`;
    return new TiphysError('unavailable', message, { cause: error.cause });
  }
}
