import { createHash } from 'node:crypto';
import { TiphysError } from '@tiphys/model';
import type { Counters, Logger } from '@tiphys/ports';

export interface AttemptLimits {
  /** Failures of one account within the window that lock it. */
  readonly maxFailures: number;
  readonly windowMs: number;
  /** Attempts of one address within the window; beyond it each account has one guess from there, not several. */
  readonly maxPerAddress: number;
  /** Logins that run at once in this process; half of them may be of one address. */
  readonly maxConcurrent: number;
}

/**
 * Limits guesses. Every attempt is counted before the password is looked at, in one atomic step that all replicas
 * share, so that parallel guesses cannot pass together. Without the shared counters no login is let in but through
 * counters of this process alone.
 */
export class Attempts {
  readonly #counters: Counters;
  readonly #local: Counters;
  readonly #limits: AttemptLimits;
  readonly #logger: Logger;
  readonly #running = new Map<string, number>();

  constructor(parts: {
    readonly counters: Counters;
    /** Stands in while the shared ones are away. */
    readonly local: Counters;
    readonly limits: AttemptLimits;
    readonly logger: Logger;
  }) {
    this.#counters = parts.counters;
    this.#local = parts.local;
    this.#limits = parts.limits;
    this.#logger = parts.logger;
  }

  /**
   * Runs one attempt; `check` tells whether it succeeded. Undefined where it was not let through; then `check` still
   * ran, so that the answer takes as long.
   */
  async run<T>(
    account: string,
    address: string,
    check: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    this.#enter(address);
    try {
      const allowed = await this.#count(account, address);
      const result = await check();
      if (!allowed || result === undefined) return undefined;
      await this.#forget(account);
      return result;
    } finally {
      this.#leave(address);
    }
  }

  /** A storm from one place leaves room for others. */
  #enter(address: string): void {
    const { maxConcurrent } = this.#limits;
    const ofAddress = this.#running.get(address) ?? 0;
    const all = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    if (all >= maxConcurrent || ofAddress >= Math.ceil(maxConcurrent / 2)) {
      throw new TiphysError('resource-exhausted', 'too many logins at once; try again in a moment');
    }
    this.#running.set(address, ofAddress + 1);
  }

  #leave(address: string): void {
    const left = (this.#running.get(address) ?? 1) - 1;
    if (left > 0) this.#running.set(address, left);
    else this.#running.delete(address);
  }

  async #count(account: string, address: string): Promise<boolean> {
    const { maxFailures, maxPerAddress } = this.#limits;
    const [ofAccount, ofAddress] = await Promise.all([
      this.#increment(accountKey(account)),
      this.#increment(`login-address|${address}`),
    ]);
    // Many people may come from one address, that of a proxy: who has not failed is not kept out by those who did.
    return ofAccount <= (ofAddress <= maxPerAddress ? maxFailures : 1);
  }

  async #increment(key: string): Promise<number> {
    const { windowMs } = this.#limits;
    const here = this.#local.increment(key, windowMs);
    try {
      return (await this.#counters.increment(key, windowMs)).count;
    } catch (error) {
      this.#logger.warn('login attempts are counted by this replica alone', { error });
      return (await here).count;
    }
  }

  async #forget(account: string): Promise<void> {
    const key = accountKey(account);
    await this.#local.reset(key);
    await this.#counters.reset(key).catch((error: unknown) => {
      this.#logger.warn('login attempts could not be reset', { error });
    });
  }
}

/** Names come from outside: a digest keeps keys short and printable. */
const accountKey = (account: string): string =>
  `login-failures|${createHash('sha256').update(account).digest('base64url')}`;
