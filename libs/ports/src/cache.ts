/** A cache that may lose any entry at any time. Values are authenticated: a value that was tampered with reads as absent. */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  /** `ttlMs` in milliseconds. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(...keys: readonly string[]): Promise<void>;
}

/** Best-effort messages between processes; nothing is kept for a subscriber that is away. */
export interface PubSub {
  publish(channel: string, message: string): Promise<void>;
  /** Returns a function that ends the subscription. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
}

/** Shared counters that end by themselves, for limits on attempts. Reject with `unavailable` rather than guess. */
export interface Counters {
  /** Adds one and tells the new count; the first increment starts the life of `ttlMs`, later ones do not prolong it. */
  increment(key: string, ttlMs: number): Promise<{ readonly count: number; readonly expiresInMs: number }>;
  reset(...keys: readonly string[]): Promise<void>;
}
