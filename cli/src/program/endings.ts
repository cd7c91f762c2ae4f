import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What has to be closed when the command ends, whichever way it does; the last one opened goes first. */
export class Endings {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    if (this.#closers.length === 0) for (const signal of SIGNALS) process.once(signal, this.#onSignal);
    this.#closers.unshift(close);
  }

  /** Closes all, each at most once. Rejects with the first problem after the others were closed, too. */
  async run(): Promise<void> {
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
    const problems: unknown[] = [];
    for (const close of this.#closers.splice(0))
      await close().catch((error: unknown) => problems.push(error));
    if (problems.length > 0) throw problems[0];
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const exit = (): never => process.exit(128 + constants.signals[signal]);
    this.run().then(exit, exit);
  };
}
