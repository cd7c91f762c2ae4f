import type { Clock } from '@tiphys/ports';

/** How long a stream may go on after its token ended, was revoked or lost its owner. */
const RECHECK_MS = 1_000;

export interface Guard {
  /** Rejects where the caller may not go on. */
  readonly check: () => Promise<void>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * What a stream sends while its caller may go on: that is asked each second, whether there is something to send or
 * not. The failure of a check is the end of the stream.
 */
export async function* whileGood<T>(messages: AsyncIterable<T>, guard: Guard): AsyncGenerator<T> {
  const source = messages[Symbol.asyncIterator]();
  const watch = new Watch(guard);
  try {
    for (;;) {
      const next = await watch.or(source.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    watch.stop();
    if (!watch.failed) await source.return?.();
  }
}

/** Asks again and again, and tells whoever waits when the answer is no. */
class Watch {
  readonly #guard: Guard;
  readonly #done = new AbortController();
  #failure: { readonly error: unknown } | undefined;
  #tell: (() => void) | undefined;

  constructor(guard: Guard) {
    this.#guard = guard;
    void this.#run(AbortSignal.any([guard.signal, this.#done.signal]));
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  stop(): void {
    this.#done.abort();
  }

  /** What the promise resolves to, unless a check fails first. */
  async or<T>(promise: Promise<T>): Promise<T> {
    const refused = new Promise<undefined>((resolve) => {
      this.#tell = () => resolve(undefined);
    });
    const value = this.#failure === undefined ? await Promise.race([promise, refused]) : undefined;
    this.#tell = undefined;
    const failure = this.#failure;
    if (failure !== undefined) throw failure.error;
    return value as T;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { check, clock } = this.#guard;
    try {
      for (;;) {
        await clock.sleep(RECHECK_MS, signal);
        await check();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failure = { error };
      this.#tell?.();
    }
  }
}
