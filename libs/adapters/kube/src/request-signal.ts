import type { AbortSignalLike } from '@tiphys/ports';
import { TiphysError } from '@tiphys/model';

/** Ends a request at its deadline or when its caller gives up. */
export interface RequestSignal {
  readonly signal: AbortSignal;
  /** True after `open`. */
  readonly opened: boolean;
  /** An answer has begun: the deadline no longer counts, the caller's signal still does. */
  open(): void;
  /** Forget the timer and the caller's signal. */
  dispose(): void;
}

/** A signal with the reason as TiphysError: `deadline` after so many milliseconds, `canceled` by the caller. */
export function requestSignal(
  request: string,
  deadlineMs: number,
  caller: AbortSignalLike | undefined,
): RequestSignal {
  const controller = new AbortController();
  const cancel = (): void => controller.abort(new TiphysError('canceled', `${request} was canceled`));
  const timer = setTimeout(() => {
    controller.abort(new TiphysError('deadline', `${request}: no answer within ${deadlineMs} ms`));
  }, deadlineMs);
  if (caller?.aborted === true) cancel();
  else caller?.addEventListener('abort', cancel);
  let opened = false;
  return {
    signal: controller.signal,
    get opened() {
      return opened;
    },
    open() {
      opened = true;
      clearTimeout(timer);
    },
    dispose() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', cancel);
    },
  };
}

/** The value, or the signal's reason where that fires first. */
export function unlessAborted<T>(signal: AbortSignal, value: T | Promise<T>): T | Promise<T> {
  if (!(value instanceof Promise)) return value;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort);
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
