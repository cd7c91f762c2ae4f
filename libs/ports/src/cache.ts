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
