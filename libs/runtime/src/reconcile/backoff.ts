export interface Backoff {
  /** Milliseconds to wait after one more failure of this key. */
  next(key: string): number;
  forget(key: string): void;
}

/** Exponential backoff a key: `baseMs`, doubled at each failure up to `maxMs`. */
export function createBackoff({
  baseMs,
  maxMs,
}: {
  readonly baseMs: number;
  readonly maxMs: number;
}): Backoff {
  const failures = new Map<string, number>();
  return {
    next(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.min(maxMs, baseMs * 2 ** Math.min(count, 30));
    },
    forget: (key) => void failures.delete(key),
  };
}
