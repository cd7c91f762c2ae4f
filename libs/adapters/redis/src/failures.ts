/** Told about a failure that was survived; `suppressed` counts the ones not told since the last call. */
export type FailureListener = (message: string, error: unknown, suppressed: number) => void;

/** Passes on the first failure and then at most one in `everyMs`. */
export function rateLimited(
  listener: FailureListener | undefined,
  everyMs: number,
  now: () => number = () => performance.now(),
): (message: string, error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (message, error) => {
    if (now() - last < everyMs) {
      suppressed += 1;
      return;
    }
    last = now();
    listener?.(message, error, suppressed);
    suppressed = 0;
  };
}
