/**
 * A queue that keeps one value a key, so that a reader who falls behind skips what is outdated and never makes the
 * queue grow beyond the number of keys. Iteration ends when the signal fires.
 */
export class LatestQueue<T> implements AsyncIterable<T> {
  readonly #waiting = new Map<string, T>();
  readonly #signal: AbortSignal;
  readonly #merge: (waiting: T, next: T) => T;
  #wake: (() => void) | undefined;

  /** `merge` makes one value of one that still waits and a newer one. */
  constructor(signal: AbortSignal, merge: (waiting: T, next: T) => T) {
    this.#signal = signal;
    this.#merge = merge;
  }

  put(key: string, value: T): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.set(key, waiting === undefined ? value : this.#merge(waiting, value));
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    const stop = (): void => this.#wake?.();
    this.#signal.addEventListener('abort', stop);
    try {
      while (!this.#signal.aborted) {
        const [first] = this.#waiting;
        if (first === undefined) {
          await this.#change();
          continue;
        }
        this.#waiting.delete(first[0]);
        yield first[1];
      }
    } finally {
      this.#signal.removeEventListener('abort', stop);
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
