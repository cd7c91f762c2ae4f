/*
 * The functions below run in a worker thread. They get there as source text, so that a bundled service needs no
 * second file: they may use what a worker has globally and each other, and nothing else of this module.
 */

/** The part of WASI that Go's runtime asks for: a clock, random numbers, standard error. No files, no network. */
function systemCalls(
  memory: () => WebAssembly.Memory,
  onOutput: (text: string) => void,
): WebAssembly.ModuleImports {
  const SUCCESS = 0;
  const BAD_DESCRIPTOR = 8;
  const NOT_SUPPORTED = 58;
  const view = (): DataView => new DataView(memory().buffer);
  const none = (countAt: number, sizeAt: number): number => {
    view().setUint32(countAt, 0, true);
    view().setUint32(sizeAt, 0, true);
    return SUCCESS;
  };
  const write = (descriptor: number, vectors: number, count: number, writtenAt: number): number => {
    if (descriptor !== 1 && descriptor !== 2) return BAD_DESCRIPTOR;
    let written = 0;
    for (let index = 0; index < count; index += 1) {
      const address = view().getUint32(vectors + index * 8, true);
      const length = view().getUint32(vectors + index * 8 + 4, true);
      onOutput(Buffer.from(memory().buffer, address, length).toString('utf8'));
      written += length;
    }
    view().setUint32(writtenAt, written, true);
    return SUCCESS;
  };
  const clock = (id: number, _precision: bigint, timeAt: number): number => {
    const milliseconds = id === 0 ? Date.now() : performance.now();
    view().setBigUint64(timeAt, BigInt(Math.round(milliseconds * 1_000)) * 1_000n, true);
    return SUCCESS;
  };
  return {
    args_get: () => SUCCESS,
    args_sizes_get: none,
    environ_get: () => SUCCESS,
    environ_sizes_get: none,
    clock_time_get: clock,
    random_get: (address: number, length: number): number => {
      crypto.getRandomValues(new Uint8Array(memory().buffer, address, length));
      return SUCCESS;
    },
    sched_yield: () => SUCCESS,
    poll_oneoff: () => NOT_SUPPORTED,
    fd_write: write,
    proc_exit: (code: number) => {
      throw new Error(`the module ended with code ${code}`);
    },
  };
}

/** Any other system call: "bad file descriptor". */
function refuse(): number {
  return 8;
}

/** Serves requests: each message is one, each gets one answer. */
function serve(): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { parentPort } = threads;
  const data: unknown = threads.workerData;
  const { module } = data as { readonly module: WebAssembly.Module };
  let output = '';
  const known = systemCalls(
    () => memory,
    (text) => {
      output = (output + text).slice(0, 2_000);
    },
  );
  const imports: WebAssembly.ModuleImports = {};
  for (const { name } of WebAssembly.Module.imports(module)) imports[name] = known[name] ?? refuse;
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports });
  const { memory, _initialize, allocate, invoke } = instance.exports as unknown as {
    readonly memory: WebAssembly.Memory;
    readonly _initialize: () => void;
    readonly allocate: (size: number) => number;
    readonly invoke: () => bigint;
  };
  _initialize();
  const answer = (request: string): string => {
    const body = Buffer.from(request, 'utf8');
    const address = allocate(body.length) >>> 0;
    new Uint8Array(memory.buffer).set(body, address);
    const reply = BigInt.asUintN(64, invoke());
    return Buffer.from(memory.buffer, Number(reply >> 32n), Number(reply & 0xffffffffn)).toString('utf8');
  };
  parentPort?.on('message', (request: string) => {
    try {
      parentPort.postMessage({ reply: answer(request), memoryBytes: memory.buffer.byteLength });
    } catch (error) {
      parentPort.postMessage({ crash: `${String(error)}: ${output.split('\n', 1).join('')}` });
    }
  });
  parentPort?.postMessage({ ready: true });
}

/** The whole program of the worker. */
export const sandboxProgram = [systemCalls, refuse, serve].map(String).join('\n') + `\n${serve.name}();`;
