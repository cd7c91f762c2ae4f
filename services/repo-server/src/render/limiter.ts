/** Lets a number of tasks run at once; the others wait in order. */
export class Limiter {
  readonly #limit: number;
  readonly #onWait: (seconds: number) => void;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** `onWait` hears how long each task waited for its turn. */
  constructor(limit: number, onWait: (seconds: number) => void = () => undefined) {
    this.#limit = limit;
    this.#onWait = onWait;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    const start = performance.now();
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    this.#onWait((performance.now() - start) / 1000);
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
