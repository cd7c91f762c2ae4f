import { TiphysError, type JsonValue } from '@tiphys/model';
import { stringifyJson } from '@tiphys/yaml';
import type { GoLibrary, GoResult, GoRuntime } from '@tiphys/ports';
import type { GoReply, GoRequest } from './protocol.ts';
import { startSandbox, type SandboxWorker } from './sandbox-worker.ts';

export interface GoRuntimeOptions {
  /** The module that `tools/wasm` builds (`dist/wasm/tiphys-go.wasm`). */
  readonly wasmPath: string;
  /** Longest time for one call, in milliseconds, the start of the worker left out; default 2000. */
  readonly deadlineMs?: number;
  /** The worker ends after so long without a call and its memory is given back; default 120,000 ms. */
  readonly idleMs?: number;
  /** Calls that may wait; more reject with `resource-exhausted`. Default 10,000. */
  readonly maxWaiting?: number;
}

/**
 * Runs the Go module in a worker that is started by the first call, replaced after a call that did not end or used
 * up its memory, and stopped when nobody calls. Calls run one after the other; a bad one harms no other.
 */
export function createGoRuntime(options: GoRuntimeOptions): GoRuntime {
  const ask = createQueue(options);
  const one = async (request: GoRequest): Promise<GoReply> => {
    const [reply] = await ask.call(request);
    if (reply === undefined) throw new TiphysError('internal', 'the Go module gave no answer');
    if (reply.error !== undefined) throw new TiphysError('invalid', reply.error);
    return reply;
  };
  return {
    renderTemplate: async (template, data) =>
      textOf(await one({ operation: 'render', texts: [template], data })),
    renderAll: async (templates, data, library) => {
      if (templates.length === 0) return [];
      const replies = await ask.call({ operation: 'render', texts: templates, data, ...inLibrary(library) });
      return replies.map((reply) => resultOf(reply, textOf));
    },
    evaluate: async (expression, env) =>
      valueOf(await one({ operation: 'evaluate', texts: [expression], data: env })),
    evaluateAll: async (expressions, env, library) => {
      if (expressions.length === 0) return [];
      const replies = await ask.call({
        operation: 'evaluate',
        texts: expressions,
        data: env,
        ...inLibrary(library),
      });
      return replies.map((reply) =>
        resultOf(reply, (done) => ({ value: valueOf(done), text: done.text ?? '' })),
      );
    },
    maxSatisfying: async (constraint, versions) => {
      const { value } = await one({ operation: 'maxSatisfying', constraint, texts: versions });
      return typeof value === 'string' ? value : undefined;
    },
    close: () => ask.close(),
  };
}

const inLibrary = (library: GoLibrary | undefined): { readonly library?: GoLibrary } =>
  library === undefined ? {} : { library };

const resultOf = <T>(reply: GoReply, read: (reply: GoReply) => T): GoResult<T> =>
  reply.error === undefined ? { ok: true, value: read(reply) } : { ok: false, message: reply.error };

const textOf = ({ value }: GoReply): string => (typeof value === 'string' ? value : '');

const valueOf = ({ value }: GoReply): JsonValue => (value ?? null) as JsonValue;

/** WebAssembly memory never shrinks: a worker that grew so far is replaced. */
const REPLACE_FROM_BYTES = 128 * 1024 * 1024;

interface Queue {
  call(request: GoRequest): Promise<readonly GoReply[]>;
  close(): Promise<void>;
}

function createQueue({
  wasmPath,
  deadlineMs = 2_000,
  idleMs = 120_000,
  maxWaiting = 10_000,
}: GoRuntimeOptions): Queue {
  let worker: Promise<SandboxWorker> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let closed = false;

  const stop = async (): Promise<void> => {
    clearTimeout(idle);
    const stopping = worker;
    worker = undefined;
    await stopping?.then((running) => running.terminate()).catch(() => undefined);
  };
  const run = async (request: GoRequest): Promise<readonly GoReply[]> => {
    if (closed) throw new TiphysError('canceled', 'the Go runtime is closed');
    clearTimeout(idle);
    worker ??= startSandbox(wasmPath);
    try {
      const { reply, memoryBytes } = await (await worker).ask(stringifyJson(request), deadlineMs);
      if (memoryBytes > REPLACE_FROM_BYTES) await stop();
      return JSON.parse(reply) as readonly GoReply[];
    } catch (error) {
      worker = undefined;
      throw error;
    } finally {
      idle = setTimeout(() => void stop(), idleMs).unref();
    }
  };
  return {
    call(request) {
      if (waiting >= maxWaiting) {
        return Promise.reject(
          new TiphysError('resource-exhausted', 'too many templates and expressions wait'),
        );
      }
      waiting += 1;
      const answer = last.then(() => run(request)).finally(() => (waiting -= 1));
      last = answer.catch(() => undefined);
      return answer;
    },
    async close() {
      closed = true;
      await stop();
    },
  };
}
