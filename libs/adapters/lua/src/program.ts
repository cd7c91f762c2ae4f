import type { WorkerReply, WorkerSetup, WorkerTask } from './protocol.ts';

/*
 * The functions below run in a worker thread. They get there as source text, so that a bundled service needs no
 * second file: they may use what a worker has globally and each other, and nothing else of this module.
 * The module is Lua 5.2.4 of lua-wasm-bindings 0.5.3; the short names are those of its imports and exports.
 */

interface LuaExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly table: { get(index: number): (a: number, b: number) => void };
  readonly start: () => void;
  readonly stackSave: () => number;
  readonly stackRestore: (at: number) => void;
  readonly setThrew: (threw: number, value: number) => void;
  readonly malloc: (size: number) => number;
  readonly newState: () => number;
  readonly openLibs: (state: number) => void;
  readonly load: (state: number, text: number) => number;
  readonly pushString: (state: number, text: number) => void;
  /** State, arguments, results, handler, context, continuation. */
  readonly call: (...numbers: readonly number[]) => number;
  readonly toString: (state: number, index: number, lengthAt: number) => number;
  readonly close: (state: number) => void;
}

/** Dates, in UTC: the parts of a C `tm` at an address. */
function calendar(memory: () => ArrayBuffer): Record<string, (...args: number[]) => number> {
  const ints = (): Int32Array => new Int32Array(memory());
  const split = (timeAt: number, tm: number): number => {
    const date = new Date((ints()[timeAt >> 2] ?? 0) * 1000);
    const year = date.getUTCFullYear();
    const day = Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000);
    ints().set(
      [
        date.getUTCSeconds(),
        date.getUTCMinutes(),
        date.getUTCHours(),
        date.getUTCDate(),
        date.getUTCMonth(),
        year - 1900,
        date.getUTCDay(),
        day,
        0,
        0,
        0,
      ],
      tm >> 2,
    );
    return tm;
  };
  const join = (tm: number): number => {
    const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0] = ints().subarray(tm >> 2);
    return Math.floor(Date.UTC(year + 1900, month, day, hour, minute, second) / 1000);
  };
  const write = (at: number, size: number, format: number, tm: number): number => {
    const bytes = new Uint8Array(memory());
    const pattern = Buffer.from(bytes.subarray(format, bytes.indexOf(0, format))).toString('latin1');
    const text = Buffer.from(formatDate(pattern, new Date(join(tm) * 1000)), 'latin1');
    if (text.length + 1 > size) return 0;
    bytes.set(text, at);
    bytes[at + text.length] = 0;
    return text.length;
  };
  return { v: split, w: split, o: join, u: write };
}

/** What `strftime` writes in the C locale. */
function formatDate(pattern: string, date: Date): string {
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'];
  months.push('October', 'November', 'December');
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = date.getUTCHours();
  const day = days[date.getUTCDay()] ?? '';
  const month = months[date.getUTCMonth()] ?? '';
  const ofYear = Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
  const parts: Readonly<Record<string, string>> = {
    a: day.slice(0, 3),
    A: day,
    b: month.slice(0, 3),
    B: month,
    h: month.slice(0, 3),
    C: two(Math.floor(date.getUTCFullYear() / 100)),
    d: two(date.getUTCDate()),
    e: String(date.getUTCDate()).padStart(2),
    H: two(hour),
    I: two(hour % 12 || 12),
    j: String(ofYear + 1).padStart(3, '0'),
    m: two(date.getUTCMonth() + 1),
    M: two(date.getUTCMinutes()),
    n: '\n',
    p: hour < 12 ? 'AM' : 'PM',
    S: two(date.getUTCSeconds()),
    t: '\t',
    u: String(date.getUTCDay() || 7),
    w: String(date.getUTCDay()),
    y: two(date.getUTCFullYear() % 100),
    Y: String(date.getUTCFullYear()),
    z: '+0000',
    Z: 'UTC',
    '%': '%',
  };
  const whole: Readonly<Record<string, string>> = {
    c: '%a %b %e %H:%M:%S %Y',
    D: '%m/%d/%y',
    F: '%Y-%m-%d',
    r: '%I:%M:%S %p',
    R: '%H:%M',
    T: '%H:%M:%S',
    x: '%m/%d/%y',
    X: '%H:%M:%S',
  };
  return pattern
    .replaceAll(/%([cDFrRTxX])/g, (_, key: string) => whole[key] ?? '')
    .replaceAll(/%(.)/g, (text, key: string) => parts[key] ?? text);
}

/** What the interpreter asks of its host: a clock, memory up to a limit, and the way out of an error. No files. */
function hostOf(
  lua: () => LuaExports,
  maxMemoryBytes: number,
): Record<string, (...args: number[]) => unknown> {
  const memory = (): ArrayBuffer => lua().memory.buffer;
  const refuse = (): number => 8;
  const grow = (wanted: number): number => {
    const pages = Math.ceil(((wanted >>> 0) - memory().byteLength) / 65_536);
    if (wanted >>> 0 > maxMemoryBytes) return 0;
    return lua().memory.grow(pages) >= 0 ? 1 : 0;
  };
  const escape = (environment: number, value: number): never => {
    lua().setThrew(environment, value || 1);
    throw new Error('longjmp');
  };
  const guarded = (index: number, a: number, b: number): void => {
    const stack = lua().stackSave();
    try {
      lua().table.get(index)(a, b);
    } catch (error) {
      lua().stackRestore(stack);
      if (!(error instanceof Error && error.message === 'longjmp')) throw error;
      lua().setThrew(1, 0);
    }
  };
  const end = (): never => {
    throw new Error('the interpreter gave up');
  };
  let high = 0;
  const now = (): number => Math.floor(Date.now() / 1000);
  return {
    ...Object.fromEntries([...'zCDdEmhpqfajlgABs'].map((name) => [name, refuse])),
    ...calendar(memory),
    A: () => 0,
    B: (countAt = 0, sizeAt = 0) => {
      new Int32Array(memory())
        .fill(0, countAt >> 2, (countAt >> 2) + 1)
        .fill(0, sizeAt >> 2, (sizeAt >> 2) + 1);
      return 0;
    },
    F: end,
    r: end,
    x: () => Math.floor(performance.now() * 1000),
    t: (later = 0, earlier = 0) => later - earlier,
    i: (environment = 0, value = 0) => escape(environment, value),
    n: (to = 0, from = 0, count = 0) => {
      new Uint8Array(memory()).copyWithin(to, from, from + count);
    },
    y: (wanted = 0) => grow(wanted),
    e: () => high,
    c: (value = 0) => {
      high = value;
    },
    k: (index = 0, a = 0, b = 0) => guarded(index, a, b),
    b: (at = 0) => {
      if (at !== 0) new Int32Array(memory())[at >> 2] = now();
      return now();
    },
  };
}

function makeLua({ module, maxMemoryBytes }: WorkerSetup): LuaExports {
  const host = hostOf(() => lua, maxMemoryBytes);
  const instance = new WebAssembly.Instance(module as WebAssembly.Module, { a: host });
  const raw = instance.exports as unknown as Readonly<Record<string, never>>;
  const names = {
    memory: 'G',
    table: 'ra',
    start: 'H',
    stackSave: 'ma',
    stackRestore: 'na',
    setThrew: 'pa',
    malloc: 'qa',
    newState: 'aa',
    openLibs: 'ha',
    load: '$',
    pushString: 'S',
    call: 'Z',
    toString: 'R',
    close: '_',
  };
  const lua = Object.fromEntries(
    Object.entries(names).map(([name, short]) => [name, raw[short]]),
  ) as unknown as LuaExports;
  lua.start();
  return lua;
}

/** A value as the Lua source of a table. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'nil';
  if (typeof value === 'boolean') return String(value);
  if (value === null || typeof value !== 'object') return 'nil';
  if (Array.isArray(value)) return `{${value.map(literal).join(',')}}`;
  return `{${Object.entries(value)
    .map(([key, item]) => `[${quote(key)}]=${literal(item)}`)
    .join(',')}}`;
}

function quote(text: string): string {
  const escaped = text.replaceAll(
    /[\u0000-\u001f"\\\u007f]/g,
    (char) => `\\${String(char.charCodeAt(0)).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}

/** An interpreter with the one buffer that texts go in by; what is taken from its heap is never given back. */
interface Interpreter {
  readonly lua: LuaExports;
  at: number;
  size: number;
}

/** The address of a text in the interpreter's memory; the next text takes its place. */
function place(interpreter: Interpreter, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  if (interpreter.size <= bytes.length) {
    interpreter.size = Math.max(65_536, bytes.length * 2);
    interpreter.at = interpreter.lua.malloc(interpreter.size);
    if (interpreter.at === 0) throw new Error('not enough memory');
  }
  const heap = new Uint8Array(interpreter.lua.memory.buffer);
  heap.set(bytes, interpreter.at);
  heap[interpreter.at + bytes.length] = 0;
  return interpreter.at;
}

/** Runs one task in a state of its own, so that no script sees what another left. */
function runTask(interpreter: Interpreter, prelude: string, task: WorkerTask): string {
  const { lua } = interpreter;
  const state = lua.newState();
  if (state === 0) throw new Error('not enough memory');
  lua.openLibs(state);
  lua.load(state, place(interpreter, prelude));
  const params = task.params === '' ? '' : `return ${literal(JSON.parse(task.params))}`;
  const object = `return ${literal(JSON.parse(task.object))}`;
  for (const text of [task.script, object, params, task.openLibs ? '1' : ''])
    lua.pushString(state, place(interpreter, text));
  const status = lua.call(state, 4, 1, 0, 0, 0);
  const at = lua.toString(state, -1, 0);
  const heap = new Uint8Array(lua.memory.buffer);
  const text = Buffer.from(heap.subarray(at, heap.indexOf(0, at))).toString('utf8');
  lua.close(state);
  return status === 0 ? text : `E${text}`;
}

/** Serves batches: each message is one, each gets one reply. */
function serve(): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { parentPort } = threads;
  const data: unknown = threads.workerData;
  const setup = data as WorkerSetup;
  const progress = new Int32Array(setup.progress);
  let interpreter: Interpreter | undefined;
  const run = (task: WorkerTask): string => {
    if (task.script.includes('\0')) return 'Ethe script holds a zero character';
    interpreter ??= { lua: makeLua(setup), at: 0, size: 0 };
    try {
      const answer = runTask(interpreter, setup.prelude, task);
      if (interpreter.lua.memory.buffer.byteLength > setup.maxMemoryBytes / 2) interpreter = undefined;
      return answer;
    } catch (error) {
      interpreter = undefined;
      const why = error instanceof Error ? error.message : String(error);
      return why === 'the interpreter gave up' ? 'Enot enough memory' : `E${why}`;
    }
  };
  parentPort?.on('message', (tasks: readonly WorkerTask[]) => {
    const answers = tasks.map((task, index) => {
      Atomics.store(progress, 0, index + 1);
      return run(task);
    });
    Atomics.store(progress, 0, -1);
    parentPort.postMessage({ answers } satisfies WorkerReply);
  });
}

/** The whole program of the worker. */
export const luaProgram =
  [calendar, formatDate, hostOf, makeLua, literal, quote, place, runTask, serve].map(String).join('\n') +
  `\n${serve.name}();`;
