import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { TiphysError } from '@tiphys/model';
import type { WorkerMessage } from './protocol.ts';
import { sandboxProgram } from './sandbox.ts';

export interface SandboxReply {
  readonly reply: string;
  readonly memoryBytes: number;
}

/** One worker with one instance of the module; it serves one request at a time. */
export interface SandboxWorker {
  /** Rejects with `deadline` or `resource-exhausted`; the worker is then gone and must be replaced. */
  ask(request: string, deadlineMs: number): Promise<SandboxReply>;
  terminate(): Promise<void>;
}

/** On a machine that is very busy. */
const START_MS = 60_000;

/** Compiles the module (about 50 ms) and starts a worker around it. */
export async function startSandbox(wasmPath: string): Promise<SandboxWorker> {
  const module = await WebAssembly.compile(await readModule(wasmPath));
  const worker = new Worker(sandboxProgram, {
    eval: true,
    workerData: { module },
    env: {},
    name: 'go-wasm',
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  });
  try {
    await exchange(worker, { deadlineMs: START_MS });
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  worker.unref();
  return {
    ask: (request, deadlineMs) => ask(worker, request, deadlineMs),
    terminate: async () => {
      await worker.terminate();
    },
  };
}

async function readModule(path: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new TiphysError(
      'failed-precondition',
      `the Go module ${path} cannot be read: build it with tools/wasm, or set its path`,
      { cause },
    );
  }
}

async function ask(worker: Worker, request: string, deadlineMs: number): Promise<SandboxReply> {
  worker.ref();
  try {
    const message = await exchange(worker, { request, deadlineMs });
    if (!('reply' in message)) throw new TiphysError('internal', 'the Go module gave no reply');
    return message;
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    worker.unref();
  }
}

interface Exchange {
  /** Absent: only wait for the next message. */
  readonly request?: string;
  readonly deadlineMs: number;
}

/** Sends a request, if any, and waits for the worker's next message. */
function exchange(worker: Worker, { request, deadlineMs }: Exchange): Promise<WorkerMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => fail(new TiphysError('deadline', `not finished after ${deadlineMs} ms`)),
      deadlineMs,
    );
    const finish = (): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const fail = (error: Error): void => {
      finish();
      reject(error);
    };
    const onMessage = (message: WorkerMessage): void => {
      if ('crash' in message) return fail(crashed(message.crash));
      finish();
      resolve(message);
    };
    const onError = (cause: Error): void => fail(broken(cause));
    const onExit = (code: number): void => fail(broken(new Error(`exit code ${code}`)));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    if (request !== undefined) worker.postMessage(request);
  });
}

const crashed = (why: string): TiphysError =>
  new TiphysError('resource-exhausted', `it needs more memory than it may have (${why})`);

const broken = (cause: Error): TiphysError =>
  'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? crashed(cause.message)
    : new TiphysError('internal', `the Go module's worker ended: ${cause.message}`, { cause });
