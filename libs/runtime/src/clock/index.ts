import { TiphysError } from '@tiphys/model';
import type { AbortSignalLike, Clock } from '@tiphys/ports';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepUntil(ms, signal),
};

function sleepUntil(ms: number, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const canceled = (): void => {
      clearTimeout(timer);
      reject(new TiphysError('canceled', 'the wait was canceled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', canceled);
      resolve();
    }, ms);
    if (signal?.aborted === true) canceled();
    else signal?.addEventListener('abort', canceled);
  });
}
