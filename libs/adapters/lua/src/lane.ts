import { Worker } from 'node:worker_threads';
import type { WorkerReply, WorkerSetup, WorkerTask } from './protocol.ts';
import { prelude } from './prelude.ts';
import { luaProgram } from './program.ts';

/** What one interpreter may take; far more than any script over one object needs. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

export interface LaneEvents {
  readonly onReply: (answers: readonly string[]) => void;
  /** The worker is gone by itself. */
  readonly onEnd: (error: Error) => void;
}

/** One worker, which runs one batch at a time. */
export class Lane {
  readonly #worker: Worker;
  readonly #progress: Int32Array;

  constructor(module: WebAssembly.Module, { onReply, onEnd }: LaneEvents) {
    const progress = new SharedArrayBuffer(4);
    this.#progress = new Int32Array(progress);
    this.#worker = new Worker(luaProgram, {
      eval: true,
      workerData: { module, prelude, maxMemoryBytes: MAX_MEMORY_BYTES, progress } satisfies WorkerSetup,
      env: {},
      name: 'lua',
      resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    this.#worker.unref();
    this.#worker.on('message', ({ answers }: WorkerReply) => {
      this.#worker.unref();
      onReply(answers);
    });
    this.#worker.on('error', onEnd);
    this.#worker.on('exit', (code) => onEnd(new Error(`exit code ${code}`)));
  }

  send(tasks: readonly WorkerTask[]): void {
    Atomics.store(this.#progress, 0, 0);
    this.#worker.ref();
    this.#worker.postMessage(tasks);
  }

  /** Index in the batch of the task that runs now; undefined before the first and after the last. */
  get current(): number | undefined {
    const at = Atomics.load(this.#progress, 0);
    return at < 1 ? undefined : at - 1;
  }

  async end(): Promise<void> {
    this.#worker.removeAllListeners();
    this.#worker.on('error', () => undefined);
    await this.#worker.terminate();
  }
}
