import { messageOf, TiphysError } from '@tiphys/model';
import type { LuaOutcome } from '@tiphys/ports';
import type { Cooldowns, Rest, Run } from './cooldowns.ts';
import { Lane } from './lane.ts';
import { loadLua } from './module.ts';
import type { WorkerTask } from './protocol.ts';

/** A task with the names of its script and of its object. */
export interface Job extends Run {
  readonly task: WorkerTask;
}

/** What the prelude wrote, or why it did not come to that. */
export type Answer = string | Extract<LuaOutcome, { readonly type: 'stopped' }>;

export interface PoolOptions {
  readonly deadlineMs: number;
  readonly slowMs: number;
  readonly idleMs: number;
  readonly cooldowns: Cooldowns;
  /** The interpreter; undefined for the one that comes with the program. */
  readonly wasmPath?: string | undefined;
}

interface Waiting {
  readonly job: Job;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** A worker with the batch it has; a place in the batch is empty once another worker took it over. */
interface Busy {
  readonly lane: Lane;
  batch: (Waiting | undefined)[];
  /** The task that was seen running last, and since when. */
  seen: number | undefined;
  since: number;
}

const BATCH = 64;
const BATCH_BYTES = 4 * 1024 * 1024;
const LOOK_EVERY_MS = 50;
/** Workers that may be left to slow scripts beside the one that serves the rest. */
const MAX_SLOW = 2;

/**
 * Runs jobs in one worker. A job that is slow keeps its worker to itself while a new one takes the jobs behind it; one
 * that is past its deadline ends with its worker, and rests.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #slow = new Set<Busy>();
  #queue: Waiting[] = [];
  #main: Busy | undefined;
  #scheduled = false;
  #starting = false;
  #looking: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  run(job: Job): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#pump();
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#looking);
    clearTimeout(this.#idle);
    const lanes = [...this.#slow, ...(this.#main === undefined ? [] : [this.#main])];
    const left = [...this.#queue, ...lanes.flatMap(({ batch }) => batch)];
    this.#queue = [];
    for (const waiting of left) waiting?.reject(new TiphysError('canceled', 'the Lua runner is closed'));
    await Promise.all(lanes.map(({ lane }) => lane.end()));
  }

  #pump(): void {
    if (this.#closed) return this.#rejectAll(new TiphysError('canceled', 'the Lua runner is closed'));
    if (this.#queue.length === 0) return this.#rest();
    if (this.#main === undefined) return this.#start();
    if (this.#main.batch.length > 0) return;
    const batch = this.#takeBatch();
    if (batch.length === 0) return this.#rest();
    clearTimeout(this.#idle);
    Object.assign(this.#main, { batch, seen: undefined });
    this.#main.lane.send(batch.map(({ job }) => job.task));
    this.#looking ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** The next jobs. Those whose scripts rest are answered right away; those whose script is slow just now wait. */
  #takeBatch(): Waiting[] {
    const now = performance.now();
    const slow = new Set([...this.#slow].flatMap(({ batch }) => batch.map((waiting) => waiting?.job.script)));
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    let bytes = 0;
    for (const next of this.#queue) {
      const rest = this.#options.cooldowns.restOf(next.job, now);
      if (rest !== undefined) next.resolve(stoppedBefore(rest));
      else if (slow.has(next.job.script) || batch.length >= BATCH || bytes >= BATCH_BYTES) later.push(next);
      else {
        batch.push(next);
        bytes += next.job.task.object.length;
      }
    }
    this.#queue = later;
    return batch;
  }

  #start(): void {
    if (this.#starting) return;
    this.#starting = true;
    loadLua(this.#options.wasmPath)
      .then((module) => {
        if (this.#closed) return;
        const busy: Busy = {
          lane: new Lane(module, {
            onReply: (answers) => this.#replied(busy, answers),
            onEnd: (error) => this.#broke(busy, error),
          }),
          batch: [],
          seen: undefined,
          since: 0,
        };
        this.#main = busy;
      })
      .catch((error: unknown) => this.#rejectAll(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        this.#starting = false;
        this.#pump();
      });
  }

  #replied(busy: Busy, answers: readonly string[]): void {
    busy.batch.forEach((waiting, index) => waiting?.resolve(answers[index] ?? 'Eno answer'));
    busy.batch = [];
    if (this.#slow.delete(busy)) void busy.lane.end();
    this.#pump();
  }

  /** A worker that ends by itself ran out of memory; what it ran is to blame, all else is run again. */
  #broke(busy: Busy, error: Error): void {
    this.#giveUp(
      busy,
      busy.lane.current ?? 0,
      `the script needs more memory than it may have (${messageOf(error)})`,
    );
  }

  #look(): void {
    const now = performance.now();
    for (const busy of [...this.#slow, ...(this.#main === undefined ? [] : [this.#main])]) {
      const { current } = busy.lane;
      if (current === undefined || current !== busy.seen) {
        busy.seen = current;
        busy.since = now;
        continue;
      }
      if (now - busy.since >= this.#options.deadlineMs) {
        this.#giveUp(busy, current, `the script did not finish within ${this.#options.deadlineMs} ms`);
      } else if (busy === this.#main && now - busy.since >= this.#options.slowMs)
        this.#stepAside(busy, current);
    }
  }

  /** Leaves a worker to its slow job and takes all else to a new one. */
  #stepAside(busy: Busy, current: number): void {
    if (this.#slow.size >= MAX_SLOW) return;
    this.#main = undefined;
    this.#slow.add(busy);
    this.#takeBack(busy, current);
    this.#pump();
  }

  /** Puts the jobs of a batch but one back in front of the queue. */
  #takeBack(busy: Busy, except: number): void {
    const back = busy.batch.filter((waiting, index) => index !== except && waiting !== undefined);
    busy.batch = busy.batch.map((waiting, index) => (index === except ? waiting : undefined));
    this.#queue = [...back.filter((waiting) => waiting !== undefined), ...this.#queue];
  }

  #giveUp(busy: Busy, current: number, why: string): void {
    const culprit = busy.batch[current];
    this.#takeBack(busy, current);
    busy.batch = [];
    this.#slow.delete(busy);
    if (this.#main === busy) this.#main = undefined;
    void busy.lane.end();
    if (culprit !== undefined) {
      const retryAfterMs = this.#options.cooldowns.stopped(culprit.job, why, performance.now());
      culprit.resolve({ type: 'stopped', message: why, retryAfterMs });
    }
    this.#pump();
  }

  /** Nothing to do: stop looking, and let the worker go after a while. */
  #rest(): void {
    if (this.#slow.size > 0 || (this.#main?.batch.length ?? 0) > 0 || this.#starting) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      const idle = this.#main;
      this.#main = undefined;
      void idle?.lane.end();
    }, this.#options.idleMs).unref();
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }
}

/** The same text as the first time, so that nobody takes it for news. */
const stoppedBefore = ({ leftMs, why }: Rest): Answer => ({
  type: 'stopped',
  message: why,
  retryAfterMs: leftMs,
});
