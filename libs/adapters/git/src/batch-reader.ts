import { TiphysError } from '@tiphys/model';
import type { CommandStarter, RunningCommand } from '@tiphys/ports';
import { BatchParser, type BatchAnswer } from './batch-protocol.ts';
import { baseSettings, QUIET_ENVIRONMENT, settingsEnvironment } from './settings.ts';

const ANSWER_DEADLINE_MS = 60_000;

interface Question {
  readonly verb: 'contents' | 'info';
  readonly answer: (answer: BatchAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** One `git cat-file` process of one mirror: many questions in flight, answered in order. */
export class BatchReader {
  readonly #running: RunningCommand;
  readonly #waiting: Question[] = [];
  readonly #parser: BatchParser;
  #unsent = '';
  #failure: Error | undefined;
  #deadline: NodeJS.Timeout | undefined;

  private constructor(running: RunningCommand, maxBytes: number) {
    this.#running = running;
    this.#parser = new BatchParser({
      maxBytes,
      expectsContent: () => this.#waiting[0]?.verb === 'contents',
      onAnswer: (answer) => this.#waiting.shift()?.answer(answer),
    });
    running.onOutput((chunk) => this.#receive(chunk));
    void running.ended.then((reason) => this.#fail(reason));
  }

  /** `maxBytes`: objects larger than this come without their content. */
  static async start(starter: CommandStarter, mirror: string, maxBytes: number): Promise<BatchReader> {
    const running = await starter.start({
      program: 'git',
      args: ['--git-dir', mirror, 'cat-file', '--batch-command', '--buffer'],
      env: { ...QUIET_ENVIRONMENT, ...settingsEnvironment(baseSettings(undefined)) },
    });
    return new BatchReader(running, maxBytes);
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  get isDead(): boolean {
    return this.#failure !== undefined;
  }

  /** Asks for an object by its id; rejects with `unavailable` when the process ends before it answers. */
  ask(verb: Question['verb'], id: string): Promise<BatchAnswer> {
    if (!/^[0-9a-f]{4,64}$/.test(id)) {
      return Promise.reject(new TiphysError('invalid', `${JSON.stringify(id)} is not an object id`));
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ verb, answer: resolve, fail: reject });
      if (this.#unsent === '') queueMicrotask(() => this.#send());
      this.#unsent += `${verb} ${id}\n`;
    });
  }

  stop(): Promise<void> {
    return this.#running.stop();
  }

  #send(): void {
    const lines = this.#unsent;
    this.#unsent = '';
    this.#watch();
    this.#running.write(`${lines}flush\n`);
  }

  #receive(chunk: Uint8Array): void {
    this.#parser.push(chunk);
    this.#watch();
  }

  /** Silence while something is owed ends the process. */
  #watch(): void {
    clearTimeout(this.#deadline);
    if (this.isIdle) return;
    this.#deadline = setTimeout(() => void this.#running.stop(), ANSWER_DEADLINE_MS);
    this.#deadline.unref();
  }

  #fail(reason: Error): void {
    this.#failure = reason;
    clearTimeout(this.#deadline);
    for (const question of this.#waiting.splice(0)) question.fail(reason);
  }
}
