/** Lets callers with the same key share one run. */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();

  /** Joins the run of this key, or starts it. */
  share(key: string, task: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const run = task().finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }
}

/** Runs tasks one after the other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#last.then(task, task);
    this.#last = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  }
}
