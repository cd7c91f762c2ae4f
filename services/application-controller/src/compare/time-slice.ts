import { setImmediate } from 'node:timers/promises';

/** Long work gives way after so many milliseconds, so that probes, watches and other Applications go on. */
const SLICE_MS = 10;

/** Cuts long work on the event loop into pieces. */
export class TimeSlice {
  #began = performance.now();

  get isSpent(): boolean {
    return performance.now() - this.#began >= SLICE_MS;
  }

  /** Lets everything else that waits have its turn. */
  async rest(): Promise<void> {
    await setImmediate();
    this.#began = performance.now();
  }
}
