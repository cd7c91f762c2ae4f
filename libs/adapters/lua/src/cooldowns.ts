const MAX_MS = 600_000;
const MAX_KNOWN = 1_000;

interface Cooldown {
  readonly until: number;
  readonly lengthMs: number;
}

/** Scripts that had to be stopped, and for how long each is left alone: longer each time. */
export class Cooldowns {
  readonly #firstMs: number;
  readonly #known = new Map<string, Cooldown>();

  constructor(firstMs: number) {
    this.#firstMs = firstMs;
  }

  /** Milliseconds until a script may run again; 0 for now. */
  leftFor(script: string, now: number): number {
    return Math.max(0, (this.#known.get(script)?.until ?? 0) - now);
  }

  /** Notes that a script was stopped; how long it now rests. */
  stopped(script: string, now: number): number {
    const before = this.#known.get(script);
    const lengthMs = before === undefined ? this.#firstMs : Math.min(before.lengthMs * 2, MAX_MS);
    this.#known.delete(script);
    this.#known.set(script, { until: now + lengthMs, lengthMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return lengthMs;
  }
}
