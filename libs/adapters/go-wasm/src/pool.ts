import { TiphysError } from '@tiphys/model';
import { stringifyJson } from '@tiphys/yaml';
import type { GoRequest } from './protocol.ts';
import { startSandbox, type SandboxWorker } from './sandbox-worker.ts';

export interface PoolOptions {
  /** The module that `tools/wasm` builds (`dist/wasm/tiphys-go.wasm`). */
  readonly wasmPath: string;
  /** Longest time for one call, in milliseconds, the start of the worker left out; default 2000. */
  readonly deadlineMs?: number;
  /** A worker ends after so long without a call and its memory is given back; default 120,000 ms. */
  readonly idleMs?: number;
  /** Calls that may wait; more reject with `resource-exhausted`. Default 10,000. */
  readonly maxWaiting?: number;
  /** Most workers at once. One that is not the first starts only for a call that waited. Default 1. */
  readonly workers?: number;
}

/** Calls of the Go module, each in one worker at a time. */
export interface Pool {
  /** The reply's text: JSON of a list of `GoReply`. */
  call(request: GoRequest): Promise<string>;
  close(): Promise<void>;
}

/** WebAssembly memory never shrinks: a worker that grew so far is replaced. */
const REPLACE_FROM_BYTES = 128 * 1024 * 1024;
/** A call that waited so long gets a worker of its own, if it may. */
const PATIENCE_MS = 50;

interface Job {
  readonly request: GoRequest;
  readonly resolve: (reply: string) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts workers as they are needed, replaces those that a call broke, and stops those that nobody needs. */
export function createPool(options: PoolOptions): Pool {
  const { deadlineMs = 2_000, maxWaiting = 10_000, workers = 1 } = options;
  const waiting: Job[] = [];
  const seats = new Set<Seat>();
  let impatience: NodeJS.Timeout | undefined;
  let closed = false;

  const assign = (): void => {
    for (const seat of seats) {
      if (waiting.length === 0) break;
      if (!seat.isBusy) void serve(seat);
    }
    if (waiting.length === 0 || seats.size >= workers) return;
    if (seats.size === 0) return open();
    impatience ??= setTimeout(() => {
      impatience = undefined;
      if (waiting.length > 0 && seats.size < workers) open();
    }, PATIENCE_MS).unref();
  };
  const open = (): void => {
    const seat = new Seat(options, () => seats.delete(seat));
    seats.add(seat);
    assign();
  };
  const serve = async (seat: Seat): Promise<void> => {
    const job = waiting.shift();
    if (job === undefined) return;
    await seat.run(job.request, deadlineMs).then(job.resolve, job.reject);
    assign();
  };
  return {
    call(request) {
      if (closed) return Promise.reject(new TiphysError('canceled', 'the Go runtime is closed'));
      if (waiting.length >= maxWaiting) {
        return Promise.reject(
          new TiphysError('resource-exhausted', 'too many templates and expressions wait'),
        );
      }
      return new Promise((resolve, reject) => {
        waiting.push({ request, resolve, reject });
        assign();
      });
    },
    async close() {
      closed = true;
      clearTimeout(impatience);
      for (const job of waiting.splice(0))
        job.reject(new TiphysError('canceled', 'the Go runtime is closed'));
      await Promise.all([...seats].map((seat) => seat.stop()));
    },
  };
}

/** The place of one worker; the worker in it may be replaced. */
class Seat {
  readonly #options: PoolOptions;
  readonly #onIdle: () => void;
  #worker: Promise<SandboxWorker> | undefined;
  #idle: NodeJS.Timeout | undefined;
  isBusy = false;

  constructor(options: PoolOptions, onIdle: () => void) {
    this.#options = options;
    this.#onIdle = onIdle;
  }

  async run(request: GoRequest, deadlineMs: number): Promise<string> {
    this.isBusy = true;
    clearTimeout(this.#idle);
    this.#worker ??= startSandbox(this.#options.wasmPath);
    try {
      const worker = await this.#worker;
      const { reply, memoryBytes } = await worker.ask(stringifyJson(request), deadlineMs);
      if (memoryBytes > REPLACE_FROM_BYTES) await this.#end();
      return reply;
    } catch (error) {
      this.#worker = undefined;
      throw error;
    } finally {
      this.isBusy = false;
      const { idleMs = 120_000 } = this.#options;
      this.#idle = setTimeout(() => void this.stop(), idleMs).unref();
    }
  }

  async stop(): Promise<void> {
    this.#onIdle();
    await this.#end();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const stopping = this.#worker;
    this.#worker = undefined;
    await stopping?.then((running) => running.terminate()).catch(() => undefined);
  }
}
