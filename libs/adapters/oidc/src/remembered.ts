import { TiphysError } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';

export interface RememberedOptions<T> {
  readonly load: () => Promise<T>;
  readonly clock: Clock;
  /** Older than this, it is loaded anew while the old value goes on, milliseconds. */
  readonly freshMs: number;
  /** Older than this, it does not count any more, milliseconds. */
  readonly endMs: number;
  /** Least time between two loads, whoever asks, milliseconds. */
  readonly pauseMs: number;
}

/**
 * A value of a far side that is asked for often: loaded once for all who ask at a time, kept while the far side is away
 * until its end, and never asked for more often than each `pauseMs`.
 */
export class Remembered<T> {
  readonly #options: RememberedOptions<T>;
  #value: { readonly of: T; readonly at: number } | undefined;
  #loading: Promise<T> | undefined;
  #failure: unknown;
  #tried = Number.NEGATIVE_INFINITY;

  constructor(options: RememberedOptions<T>) {
    this.#options = options;
  }

  /** Rejects as `load` did where there is no value that still counts. */
  async get(): Promise<T> {
    const { clock, freshMs, endMs } = this.#options;
    const value = this.#value;
    const age = value === undefined ? Number.POSITIVE_INFINITY : clock.now() - value.at;
    if (value === undefined || age >= endMs) return await this.#load();
    if (age >= freshMs && this.#mayLoad()) void this.#load().catch(() => undefined);
    return value.of;
  }

  /** Loads anew, for somebody who misses something; the value as it is where that was done just now. */
  async renew(): Promise<T> {
    return this.#mayLoad() || this.#value === undefined ? await this.#load() : await this.get();
  }

  #mayLoad(): boolean {
    return this.#options.clock.now() - this.#tried >= this.#options.pauseMs;
  }

  #load(): Promise<T> {
    if (this.#loading !== undefined) return this.#loading;
    if (!this.#mayLoad() && this.#failure !== undefined) return Promise.reject(this.#again());
    this.#tried = this.#options.clock.now();
    this.#loading = this.#run().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #run(): Promise<T> {
    try {
      const of = await this.#options.load();
      this.#value = { of, at: this.#options.clock.now() };
      this.#failure = undefined;
      return of;
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #again(): TiphysError {
    const { code, message } =
      this.#failure instanceof TiphysError
        ? this.#failure
        : { code: 'unavailable' as const, message: 'it could not be loaded just now' };
    return new TiphysError(code, message, { cause: this.#failure });
  }
}
