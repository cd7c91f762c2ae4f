import { Worker } from 'node:worker_threads';
import { TiphysError } from '@tiphys/model';
import type { PasswordResult, PasswordTask } from './password-worker.ts';

/** The hash of a password nobody has: comparing with it takes as long as with a real one. */
const NOBODY = '$2a$10$CwTycUXWue0Thq9StjUM0uJ8vGvBpLJd5UK1TfpcH4o4pXH5VXn1m';
const IDLE_MS = 5_000;
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };
/** Marks a worker thread as one that serves passwords. */
export const PASSWORD_WORKER = 'tiphys-passwords';

type Ask = PasswordTask extends infer T ? (T extends PasswordTask ? Omit<T, 'id'> : never) : never;

interface Waiting {
  readonly resolve: (result: boolean | string) => void;
  readonly reject: (error: Error) => void;
}

/** bcrypt in a thread that lives while it is needed. */
export class Passwords {
  readonly #program: URL;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;
  #idle: NodeJS.Timeout | undefined;

  /** `program` calls `servePasswords` when it finds `workerData` to be PASSWORD_WORKER. */
  constructor(program: URL) {
    this.#program = program;
  }

  /** True where the password fits; an absent hash never does, and takes as long. */
  async verify(password: string, hash: string): Promise<boolean> {
    const usable = /^\$2[aby]\$\d\d\$.{53}$/.test(hash);
    const fits = await this.#ask({ type: 'compare', password, hash: usable ? hash : NOBODY });
    return usable && fits === true;
  }

  /** A `$2a$` hash of cost 10. */
  async hash(password: string): Promise<string> {
    return String(await this.#ask({ type: 'hash', password })).replace(/^\$2[by]\$/, '$2a$');
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  #ask(task: Ask): Promise<boolean | string> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...task, id });
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { workerData: PASSWORD_WORKER, resourceLimits: LIMITS });
    worker.unref();
    worker.on('message', ({ id, result }: PasswordResult) => {
      this.#waiting.get(id)?.resolve(result);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => void worker.terminate(), IDLE_MS).unref();
    });
    const gone = (cause?: unknown): void => {
      if (this.#worker === worker) this.#worker = undefined;
      const error = new TiphysError('unavailable', 'the password could not be checked; try again', { cause });
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    worker.on('error', gone);
    worker.on('exit', () => gone());
    return worker;
  }
}
