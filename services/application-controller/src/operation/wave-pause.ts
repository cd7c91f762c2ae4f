/**
 * The moment of rest after a wave that is not the last, which gives watchers of the cluster time to react to it. It is
 * kept in memory: after a restart that moment has passed.
 */
export class WavePause {
  readonly #delayMs: number;
  readonly #now: () => number;
  #until = 0;

  /** `delayMs` 0 turns the rest off. */
  constructor(delayMs: number, now: () => number) {
    this.#delayMs = delayMs;
    this.#now = now;
  }

  /** Begins the rest and says how many milliseconds it takes. */
  begin(): number {
    this.#until = this.#now() + this.#delayMs;
    return this.#delayMs;
  }

  /** Milliseconds that are left; 0 when the next wave may begin. */
  get leftMs(): number {
    return Math.max(0, this.#until - this.#now());
  }
}
