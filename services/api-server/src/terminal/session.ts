import type WebSocket from 'ws';
import type { RawData } from 'ws';
import { messageOf } from '@tiphys/model';
import type { Clock, ExecSession } from '@tiphys/ports';
import { RECONNECT_FRAME, outputFrame, readFrame } from './frames.ts';
import { startShell } from './shells.ts';

/** The rights are asked for anew this often, whatever is written. */
const RECHECK_MS = 1_000;
const PING_MS = 5_000;
/** Pings that a browser may leave unanswered. */
const MAX_UNANSWERED = 3;
/** A browser that reads more slowly than the program prints lets the program wait. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Keys that may wait for a slow check of the rights. */
const MAX_WAITING_KEYS = 10_000;
const POLICY_VIOLATION = 1008;
const UNSUPPORTED = 1003;
const NORMAL = 1000;

export interface TerminalSessionParts {
  readonly browser: WebSocket;
  readonly shells: readonly string[];
  readonly open: (shell: string, onOutput: (bytes: Uint8Array) => void) => Promise<ExecSession>;
  /** Rejects where the caller may not go on. */
  readonly check: () => Promise<void>;
  /** True where the token ends so soon that the browser is to come with a new one. */
  readonly endsSoon: () => boolean;
  /** A terminal that nobody types into for so long is ended. */
  readonly idleMs: number;
  readonly clock: Clock;
}

/** One terminal, from its first key to its end. */
export class TerminalSession {
  readonly #parts: TerminalSessionParts;
  readonly #over = new AbortController();
  readonly #text = new TextDecoder();
  #exec: ExecSession | undefined;
  #keys: Promise<void> = Promise.resolve();
  #waitingKeys = 0;
  #lastKey: number;
  #unanswered = 0;
  /** Undefined while it lasts. */
  #reason: string | undefined;

  constructor(parts: TerminalSessionParts) {
    this.#parts = parts;
    this.#lastKey = parts.clock.now();
  }

  /** Runs until the program, the browser, the right or the patience ends. Resolves to what ended it; never rejects. */
  async run(): Promise<{ readonly shell: string; readonly reason: string }> {
    const { browser } = this.#parts;
    browser.on('message', (data, binary) => this.#receive(data, binary));
    browser.on('pong', () => (this.#unanswered = 0));
    browser.on('error', () => browser.terminate());
    browser.once('close', () => this.#end('the browser left'));
    let shell = '';
    try {
      const started = await startShell({
        shells: this.#parts.shells,
        signal: this.#over.signal,
        open: (name, printed) => this.#parts.open(name, (bytes) => this.#print(bytes, printed)),
      });
      shell = started.shell;
      this.#exec = started.session;
      void this.#watch();
      void this.#ping();
      const { message } = await Promise.race([started.session.ended, this.#overEnd()]);
      if (message !== '') this.#tell(`\r\n${message}\r\n`);
      this.#end('the program ended');
    } catch (error) {
      this.#tell(`\r\n${messageOf(error)}\r\n`);
      this.#end('no program could be run');
    }
    this.#exec?.close();
    return { shell, reason: this.#reason ?? '' };
  }

  /** Ends it from outside. */
  stop(reason: string): void {
    this.#end(reason);
  }

  #overEnd(): Promise<{ readonly message: string }> {
    return new Promise((resolve) => {
      if (this.#over.signal.aborted) resolve({ message: '' });
      this.#over.signal.addEventListener('abort', () => resolve({ message: '' }));
    });
  }

  #receive(data: RawData, binary: boolean): void {
    this.#lastKey = this.#parts.clock.now();
    if (this.#waitingKeys >= MAX_WAITING_KEYS) return this.#end('keys came too fast', POLICY_VIOLATION);
    this.#waitingKeys++;
    this.#keys = this.#keys.then(async () => {
      this.#waitingKeys--;
      if (this.#reason === undefined) await this.#handle(data, binary);
    });
  }

  /** Every key asks for the right anew before it reaches the program. */
  async #handle(data: RawData, binary: boolean): Promise<void> {
    let frame: ReturnType<typeof readFrame>;
    try {
      if (binary) throw new Error('binary');
      frame = readFrame(textOf(data));
    } catch {
      return this.#end('a frame could not be read', UNSUPPORTED);
    }
    if (frame.operation === 'resize') {
      this.#exec?.resize({ columns: frame.cols, rows: frame.rows });
      return;
    }
    if (await this.#mayGoOn()) this.#exec?.write(Buffer.from(frame.data));
  }

  async #mayGoOn(): Promise<boolean> {
    try {
      await this.#parts.check();
      return this.#reason === undefined;
    } catch {
      this.#tell('\r\npermission denied\r\n');
      this.#end('the right is gone', POLICY_VIOLATION);
      return false;
    }
  }

  async #watch(): Promise<void> {
    const { clock, idleMs, endsSoon, browser } = this.#parts;
    while (await this.#pause(RECHECK_MS)) {
      if (!(await this.#mayGoOn())) return;
      if (clock.now() - this.#lastKey >= idleMs) {
        this.#tell('\r\nclosed, as nothing was typed for long\r\n');
        return this.#end('idle');
      }
      if (endsSoon()) {
        this.#tell('\r\nReconnect because the token was refreshed...\r\n');
        browser.send(RECONNECT_FRAME);
        return this.#end('the token ends');
      }
    }
  }

  async #ping(): Promise<void> {
    while (await this.#pause(PING_MS)) {
      if (++this.#unanswered > MAX_UNANSWERED) return this.#end('the browser does not answer');
      this.#parts.browser.ping();
    }
  }

  /** False where the session ended meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    try {
      await this.#parts.clock.sleep(ms, this.#over.signal);
    } catch {
      return false;
    }
    return this.#reason === undefined;
  }

  #print(bytes: Uint8Array, printed: () => void): void {
    printed();
    this.#tell(this.#text.decode(bytes, { stream: true }));
  }

  #tell(text: string): void {
    const { browser } = this.#parts;
    if (text === '' || browser.readyState !== browser.OPEN) return;
    browser.send(outputFrame(text), () => {
      if (browser.bufferedAmount < MAX_WAITING_BYTES) this.#exec?.resume();
    });
    if (browser.bufferedAmount >= MAX_WAITING_BYTES) this.#exec?.pause();
  }

  #end(reason: string, code = NORMAL): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#over.abort();
    this.#parts.browser.close(code, reason);
  }
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString('utf8');
}
