import type { Logger } from '@tiphys/ports';

/** Milliseconds without another reason before discovery runs; it never waits longer than the second figure. */
const CALM_MS = 300;
const PATIENCE_MS = 2_000;
/** After a discovery that failed. */
const RETRY_MS = 5_000;

/** Runs discovery again when kinds may have changed: never twice at once, and soon even while changes do not end. */
export class Rediscovery {
  readonly #discover: () => Promise<void>;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  /** When the first reason of those that wait came. */
  #since: number | undefined;
  #isRunning = false;
  #isStopped = false;

  constructor(discover: () => Promise<void>, logger: Logger) {
    this.#discover = discover;
    this.#logger = logger;
  }

  /** Something may have changed. */
  ask(): void {
    this.#since ??= performance.now();
    const left = this.#since + PATIENCE_MS - performance.now();
    this.#schedule(Math.max(0, Math.min(CALM_MS, left)));
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#isStopped || this.#isRunning) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), ms);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#since = undefined;
    let hasFailed = false;
    try {
      await this.#discover();
    } catch (error) {
      hasFailed = true;
      if (!this.#isStopped) this.#logger.warn('rediscovery failed', { error });
    }
    this.#isRunning = false;
    if (hasFailed) this.#schedule(RETRY_MS);
    else if (this.#since !== undefined) this.#schedule(CALM_MS);
  }
}
