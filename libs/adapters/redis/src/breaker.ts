/** Stops asking a far side that does not answer, so that a paused Redis costs one timeout a pause and not one a call. */
export interface Breaker {
  /** True while calls should not even be tried. */
  readonly open: boolean;
  succeeded(): void;
  /** A call ran into its deadline. */
  timedOut(): void;
}

export interface BreakerOptions {
  /** Timeouts in a row that open it; default 2. */
  readonly threshold?: number;
  /** Milliseconds until one call is let through again; default 1000. */
  readonly pauseMs?: number;
  readonly now?: () => number;
}

/** A breaker that lets one probe through after each pause and closes on the first answer. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { threshold = 2, pauseMs = 1_000, now = () => performance.now() } = options;
  let timeouts = 0;
  let retryAt = 0;
  return {
    get open() {
      if (timeouts < threshold) return false;
      if (now() < retryAt) return true;
      retryAt = now() + pauseMs;
      return false;
    },
    succeeded() {
      timeouts = 0;
    },
    timedOut() {
      timeouts += 1;
      retryAt = now() + pauseMs;
    },
  };
}
