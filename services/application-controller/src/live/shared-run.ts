/** A job whose callers share runs: whoever asks while it runs gets the next run, which begins after it. */
export class SharedRun {
  readonly #job: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(job: () => Promise<void>) {
    this.#job = job;
  }

  /** Resolves at the end of a run that began after this call; rejects as that run does. */
  ask(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const run = this.#job();
      this.#running = run.catch(() => undefined);
      return run;
    });
    return this.#next;
  }
}
