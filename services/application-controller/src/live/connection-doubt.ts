import { setTimeout as delay } from 'node:timers/promises';

export interface ConnectionDoubtOptions {
  /** Asks for something small; rejects while there is no answer. */
  readonly probe: () => Promise<unknown>;
  /** Told once, with the last failure, when every probe of the grace period failed. */
  readonly onLost: (error: unknown) => void;
  /** Milliseconds without an answer until the connection counts as lost: longer than a short break. Default 5 000. */
  readonly graceMs?: number;
  /** Milliseconds between two probes. Default 500. */
  readonly probeMs?: number;
}

/** Finds out whether a failed watch means that only its kind is in trouble or that the server is gone. */
export class ConnectionDoubt {
  readonly #options: ConnectionDoubtOptions;
  readonly #stop = new AbortController();
  #isProbing = false;

  constructor(options: ConnectionDoubtOptions) {
    this.#options = options;
  }

  /** Begins to probe; does nothing while that is under way. */
  raise(): void {
    if (this.#isProbing || this.#stop.signal.aborted) return;
    this.#isProbing = true;
    void this.#settle().finally(() => {
      this.#isProbing = false;
    });
  }

  /** Nothing is told from now on. */
  stop(): void {
    this.#stop.abort();
  }

  async #settle(): Promise<void> {
    const { onLost, graceMs = 5_000, probeMs = 500 } = this.#options;
    const deadline = performance.now() + graceMs;
    for (;;) {
      const failure = await this.#ask();
      if (failure === undefined || this.#stop.signal.aborted) return;
      if (performance.now() >= deadline) return onLost(failure.error);
      await delay(probeMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #ask(): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.#options.probe();
      return undefined;
    } catch (error) {
      return { error };
    }
  }
}
