import { LRUCache } from 'lru-cache';
import type { Cache, Clock, Logger, PubSub } from '@tiphys/ports';

const CHANNEL = 'new-revoked-token';
/** How long the answer "not revoked" is believed, for news that were missed. */
const RECHECK_MS = 15_000;
/** Tokens whose answer is remembered. */
const MAX_CHECKED = 10_000;
const REVOKED = 'revoked';

/** Tokens that were logged out. Told to all replicas; kept by the cache until each token would have ended. */
export class Revocations {
  readonly #cache: Cache;
  readonly #pubSub: PubSub;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Token id to the time, in milliseconds, at which it ends anyway. */
  readonly #known = new Map<string, number>();
  readonly #checked = new LRUCache<string, true>({ max: MAX_CHECKED, ttl: RECHECK_MS });
  #unsubscribe: (() => Promise<void>) | undefined;

  constructor(parts: {
    readonly cache: Cache;
    readonly pubSub: PubSub;
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    this.#cache = parts.cache;
    this.#pubSub = parts.pubSub;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  async start(): Promise<void> {
    this.#unsubscribe = await this.#pubSub.subscribe(CHANNEL, (message) => this.#learn(message));
  }

  async stop(): Promise<void> {
    await this.#unsubscribe?.();
  }

  async isRevoked(id: string): Promise<boolean> {
    const until = this.#known.get(id);
    if (until !== undefined) return until > this.#clock.now();
    if (this.#checked.has(id)) return false;
    if ((await this.#cache.get(keyOf(id))) !== undefined) return true;
    this.#checked.set(id, true);
    return false;
  }

  /** `expiresAt` in seconds since the epoch. */
  async revoke(id: string, expiresAt: number): Promise<void> {
    const until = expiresAt * 1_000;
    const left = until - this.#clock.now();
    if (left <= 0) return;
    this.#remember(id, until);
    await this.#cache.set(keyOf(id), REVOKED, left);
    await this.#pubSub.publish(CHANNEL, JSON.stringify({ id, until }));
  }

  #learn(message: string): void {
    try {
      const { id, until } = JSON.parse(message) as { readonly id?: unknown; readonly until?: unknown };
      if (typeof id === 'string' && typeof until === 'number') this.#remember(id, until);
    } catch (error) {
      this.#logger.warn('unreadable revocation', { error });
    }
  }

  #remember(id: string, until: number): void {
    const now = this.#clock.now();
    for (const [known, end] of this.#known) if (end <= now) this.#known.delete(known);
    this.#known.set(id, until);
  }
}

const keyOf = (id: string): string => `revoked-token|${id}`;
