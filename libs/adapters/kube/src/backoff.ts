/** Waits between tries, in milliseconds. */
export interface BackoffSettings {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Grows by two from `firstMs` to `maxMs`; half of each wait is random, so that many do not come back together. */
export interface Backoff {
  next(): number;
  reset(): void;
}

/** @param random in [0, 1) */
export function makeBackoff({ firstMs, maxMs }: BackoffSettings, random: () => number): Backoff {
  let failures = 0;
  return {
    next() {
      const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30));
      failures += 1;
      return full / 2 + (random() * full) / 2;
    },
    reset() {
      failures = 0;
    },
  };
}
