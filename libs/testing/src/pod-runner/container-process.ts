import { setTimeout as delay } from 'node:timers/promises';
import { startProcess, type ManagedProcess } from '../processes/index.ts';

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface ContainerProcessOptions {
  readonly name: string;
  readonly logFile: string;
  /** Asked before each start, as config maps and secrets may have changed meanwhile. */
  readonly prepare: () => Promise<Launch>;
  readonly onEvent: (line: string) => void;
  /** Waits between restarts, milliseconds; the last one stays. Default: at once, then doubling up to 8 s. */
  readonly backoffMs?: readonly number[];
}

/** Backoff between restarts, milliseconds: at once, then doubling up to the last. */
const backoff = [0, 500, 1_000, 2_000, 4_000, 8_000];

/** A process that has run so long starts anew without a wait. */
const steadyMs = 20_000;

/** Keeps one container's process running, as a kubelet does with restartPolicy Always. */
export class ContainerProcess {
  readonly name: string;
  restarts = 0;
  readonly #options: ContainerProcessOptions;
  #server: ManagedProcess | undefined;
  #wanted = false;
  #loop: Promise<void> = Promise.resolve();
  #wake = new AbortController();

  constructor(options: ContainerProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#server?.isRunning() === true ? this.#server.pid : undefined;
  }

  /** Starts it and keeps it running until `down` or `stop`. */
  async up(): Promise<void> {
    if (this.#wanted) return;
    await this.#loop;
    this.#wanted = true;
    this.#wake = new AbortController();
    await this.#launch();
    this.#loop = this.#keepRunning();
  }

  /** Ends it and keeps it down. SIGTERM waits for an orderly end before it becomes SIGKILL. */
  async down(signal: 'SIGTERM' | 'SIGKILL', graceMs = 10_000): Promise<void> {
    this.#wanted = false;
    this.#wake.abort();
    if (signal === 'SIGKILL') this.#server?.signal('SIGKILL');
    else await this.#server?.stop(graceMs);
    await this.#loop;
  }

  /** Sends a signal to the process and leaves what follows to the restart loop. */
  signal(signal: NodeJS.Signals): void {
    this.#server?.signal(signal);
  }

  logTail(lines?: number): string {
    return this.#server?.logTail(lines) ?? '';
  }

  async #launch(): Promise<void> {
    const launch = await this.#options.prepare();
    this.#server = startProcess({ name: this.name, ...launch, logFile: this.#options.logFile });
  }

  async #keepRunning(): Promise<void> {
    let failures = 0;
    while (this.#wanted) {
      const started = performance.now();
      const exit = await this.#server?.exited;
      if (!this.#wanted) return;
      if (performance.now() - started > steadyMs) failures = 0;
      const { backoffMs = backoff } = this.#options;
      const waitMs = backoffMs[Math.min(failures, backoffMs.length - 1)] ?? 0;
      const how = exit?.signal ?? `exit code ${exit?.code ?? 'unknown'}`;
      this.#options.onEvent(`${this.name} ended (${how}), starting again in ${waitMs} ms`);
      failures += 1;
      this.restarts += 1;
      await delay(waitMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
      if (!this.#wanted) return;
      await this.#launch().catch((error: unknown) => {
        this.#options.onEvent(`${this.name} could not be started: ${String(error)}`);
      });
    }
  }
}
