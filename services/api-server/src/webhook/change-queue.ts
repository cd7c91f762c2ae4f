/** Waits without end and without growing: values with the same key become one, and there is a greatest number of keys. */
export interface ChangeQueueOptions<T> {
  readonly capacity: number;
  readonly workers: number;
  readonly keyOf: (value: T) => string;
  readonly merge: (waiting: T, next: T) => T;
  /** Never rejects. */
  readonly handle: (value: T) => Promise<void>;
}

/** Handles values in order of arrival, some at once, the same key never twice at once. */
export class ChangeQueue<T> {
  readonly #options: ChangeQueueOptions<T>;
  readonly #waiting = new Map<string, T>();
  readonly #running = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: ChangeQueueOptions<T>) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes all of the values, or none of them: false where there is no room. */
  put(values: readonly T[]): boolean {
    const { capacity, keyOf, merge } = this.#options;
    const fresh = new Set(values.map(keyOf).filter((key) => !this.#waiting.has(key)));
    if (this.#closed || this.#waiting.size + fresh.size > capacity) return false;
    for (const value of values) {
      const key = keyOf(value);
      const waiting = this.#waiting.get(key);
      this.#waiting.set(key, waiting === undefined ? value : merge(waiting, value));
    }
    this.#start();
    return true;
  }

  /** Lets go of what waits; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    await Promise.all(this.#running.values());
  }

  #start(): void {
    for (const [key, value] of this.#waiting) {
      if (this.#running.size >= this.#options.workers) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      const run = this.#options.handle(value).finally(() => {
        this.#running.delete(key);
        this.#start();
      });
      this.#running.set(key, run);
    }
  }
}
