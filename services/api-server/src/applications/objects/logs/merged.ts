import type { Clock } from '@tiphys/ports';
import { compareTimes } from './log-time.ts';
import type { LogTime } from './log-time.ts';

interface Timed {
  readonly time: LogTime | undefined;
}

export interface MergeOptions {
  readonly clock: Clock;
  /** Milliseconds that the others wait for a source that has nothing to say. */
  readonly patienceMs: number;
}

/**
 * Puts batches of several sources together in the order of their times. A source that was silent for longer than the
 * patience is not waited for until it speaks again. The failure of one, once all that it had is handed on, is the
 * end; leaving the iteration leaves all of them.
 */
export async function* mergedByTime<T extends Timed>(
  sources: readonly AsyncIterator<readonly T[]>[],
  { clock, patienceMs }: MergeOptions,
): AsyncGenerator<T> {
  const bell = new Bell(clock);
  const heads = sources.map((source) => new Head(source, bell));
  try {
    for (;;) {
      for (const head of heads) head.ask();
      const open = heads.filter((head) => !head.isDone());
      if (open.length === 0) return;
      const ready = open.filter((head) => head.first !== undefined);
      const awaited = open.filter((head) => head.first === undefined && !head.isSilent);
      if (ready.length === 0) await bell.rung();
      else if (awaited.length === 0) yield earliest(ready).take();
      else if (!(await bell.rung(patienceMs))) for (const head of awaited) head.isSilent = true;
    }
  } finally {
    await Promise.all(heads.map((head) => head.leave()));
  }
}

function earliest<T extends Timed>(ready: readonly Head<T>[]): Head<T> {
  return ready.reduce((best, head) => (compareTimes(head.first?.time, best.first?.time) < 0 ? head : best));
}

/** Rung when a source has spoken. */
class Bell {
  readonly #clock: Clock;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#wake?.();
  }

  /** True once it is rung, false when that took too long. */
  async rung(patienceMs?: number): Promise<boolean> {
    const done = new AbortController();
    const isRung = await new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(true);
      if (patienceMs === undefined) return;
      this.#clock.sleep(patienceMs, done.signal).then(
        () => resolve(false),
        () => resolve(true),
      );
    });
    this.#wake = undefined;
    done.abort();
    return isRung;
  }
}

/** One source: what it said and was not taken yet. */
class Head<T> {
  isSilent = false;
  readonly #source: AsyncIterator<readonly T[]>;
  readonly #bell: Bell;
  #batch: readonly T[] = [];
  #at = 0;
  #isAsked = false;
  #end: { readonly error?: unknown } | undefined;

  constructor(source: AsyncIterator<readonly T[]>, bell: Bell) {
    this.#source = source;
    this.#bell = bell;
  }

  get first(): T | undefined {
    return this.#batch[this.#at];
  }

  take(): T {
    const first = this.first;
    if (first === undefined) throw new Error('nothing to take');
    this.#at++;
    return first;
  }

  /** True at its end. Throws what ended it. */
  isDone(): boolean {
    if (this.first !== undefined || this.#end === undefined) return false;
    if ('error' in this.#end) throw this.#end.error;
    return true;
  }

  /** Asks for more where there is nothing left. */
  ask(): void {
    if (this.#isAsked || this.first !== undefined || this.#end !== undefined) return;
    this.#isAsked = true;
    this.#source.next().then(
      ({ done, value }) => {
        if (done === true) this.#end = {};
        else [this.#batch, this.#at, this.isSilent] = [value, 0, false];
        this.#answered();
      },
      (error: unknown) => {
        this.#end = { error };
        this.#answered();
      },
    );
  }

  #answered(): void {
    this.#isAsked = false;
    this.#bell.ring();
  }

  /** One that is asked just now is left by the end of its request. */
  async leave(): Promise<void> {
    if (!this.#isAsked) await this.#source.return?.();
  }
}
