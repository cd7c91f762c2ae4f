import { hasCode } from '@tiphys/model';
import type { Clock, KubeApi, Logger } from '@tiphys/ports';
import { LeaseBoard } from './lease-board.ts';

/** What became of a lease: held again or anew; not renewed in time, but nobody else's yet; no longer this process's. */
export type LeaseNews = 'held' | 'paused' | 'lost';

export interface LeaseSetOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  /** Names this process; a process that takes its place after a crash must have the same. */
  readonly identity: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** So long after its last renewal a lease may be taken by somebody else. Default 15 s. */
  readonly durationMs?: number;
  /** Time between two renewals. Default: a third of the duration. */
  readonly renewMs?: number;
  /** Put on every lease. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Keep an eye on the leases of others too, which takes one more request a renewal. Default false. */
  readonly isShared?: boolean;
  readonly onChange: (name: string, news: LeaseNews) => void;
  /** Ends what is going on under a lease before it is given back. */
  readonly drain: (name: string) => Promise<void>;
  /** What is known of leases is as new as it gets. */
  readonly onRound?: () => void;
}

const DURATION_MS = 15_000;

/**
 * Leases that keep two processes from doing the same work. A lease is held only for less than the time after which
 * another may take it, counted from before the last renewal was sent, so that there are never two holders, also with
 * clocks that differ. Another's lease is taken when it was given back, or when it has not been renewed for its whole
 * duration while we looked.
 */
export class LeaseSet {
  readonly #options: LeaseSetOptions;
  readonly #durationMs: number;
  readonly #renewMs: number;
  readonly #board: LeaseBoard;
  readonly #heldUntil = new Map<string, number>();
  readonly #terms = new Map<string, number>();
  /** What was told last of those that this process holds or held until now. */
  readonly #told = new Map<string, 'held' | 'paused'>();
  /** No longer wanted; true once the work under them has ended. */
  readonly #leaving = new Map<string, boolean>();
  #wanted: ReadonlySet<string> = new Set();
  #round: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #state: 'running' | 'stopping' | 'stopped' = 'running';

  constructor(options: LeaseSetOptions) {
    const { durationMs = DURATION_MS, labels = {} } = options;
    this.#options = options;
    this.#durationMs = durationMs;
    this.#renewMs = options.renewMs ?? durationMs / 3;
    this.#board = new LeaseBoard({ ...options, durationMs, labels });
  }

  /** Whether work under this lease may be done at this moment. */
  holds(name: string): boolean {
    return !this.#leaving.has(name) && this.#isCurrent(name);
  }

  /** True from when it is held until it is somebody else's or no longer wanted, also while it cannot be renewed. */
  keeps(name: string): boolean {
    return this.#told.has(name);
  }

  /** Grows each time that a lease is held after it was not: what was begun in an earlier term must not go on. */
  termOf(name: string): number {
    return this.#terms.get(name) ?? 0;
  }

  /** Whether somebody has shown life under a lease within its duration; undefined where there is no such lease. */
  isRecent(name: string): boolean | undefined {
    return this.#board.isRecent(name);
  }

  /** Says which leases are wanted from now on; those that no longer are, are drained and given back. */
  want(names: ReadonlySet<string>): void {
    if (this.#state !== 'running') return;
    if (names.size === this.#wanted.size && [...names].every((name) => this.#wanted.has(name))) return;
    this.#wanted = names;
    this.#begin();
  }

  /** Drains and gives back all leases. */
  async stop(): Promise<void> {
    this.#state = 'stopping';
    this.#wanted = new Set();
    this.#begin();
    await this.#round;
    while (this.#leaving.size > 0) {
      await this.#options.clock.sleep(Math.min(this.#renewMs, 100));
      this.#begin();
      await this.#round;
    }
    this.#state = 'stopped';
    clearTimeout(this.#timer);
  }

  #isCurrent(name: string): boolean {
    return (this.#heldUntil.get(name) ?? 0) > this.#options.clock.now();
  }

  #begin(): void {
    if (this.#state === 'stopped') return;
    clearTimeout(this.#timer);
    this.#round = this.#round.then(() => this.#once()).finally(() => this.#plan());
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'stopped') this.#timer = setTimeout(() => this.#begin(), this.#renewMs).unref();
  }

  async #once(): Promise<void> {
    for (const name of this.#told.keys()) if (!this.#wanted.has(name)) this.#leave(name);
    if (this.#options.isShared === true)
      await this.#tried('leases cannot be listed', () => this.#board.survey());
    const claims = [...this.#wanted].filter((name) => !this.#leaving.has(name));
    await Promise.all([
      ...claims.map((name) => this.#tried('lease cannot be renewed', () => this.#claim(name), name)),
      ...[...this.#leaving].map(([name, isDrained]) => this.#stepBack(name, isDrained)),
    ]);
    for (const name of this.#told.keys()) if (!this.#isCurrent(name)) this.#tell(name, 'paused');
    this.#options.onRound?.();
  }

  async #claim(name: string): Promise<void> {
    const isKnown = this.#options.isShared === true || this.#board.holderOf(name) === this.#options.identity;
    if (!isKnown) await this.#board.read(name);
    if (!this.#isFree(name)) return this.#lose(name);
    const now = this.#options.clock.now();
    if (!(await this.#write(name, this.#options.identity))) return;
    if (!this.#isCurrent(name)) this.#terms.set(name, this.termOf(name) + 1);
    // Less than the whole, so that work that has just begun ends in time.
    this.#heldUntil.set(name, now + (this.#durationMs * 2) / 3);
    if (this.#isCurrent(name)) this.#tell(name, 'held');
  }

  /** False where somebody else wrote it meanwhile and it is not ours to write any more. */
  async #write(name: string, holder: string): Promise<boolean> {
    try {
      await this.#board.write(name, holder);
      return true;
    } catch (error) {
      if (!hasCode(error, 'conflict') && !hasCode(error, 'already-exists') && !hasCode(error, 'not-found'))
        throw error;
    }
    await this.#board.read(name);
    if (!this.#isFree(name)) {
      this.#lose(name);
      return false;
    }
    await this.#board.write(name, holder);
    return true;
  }

  #isFree(name: string): boolean {
    const holder = this.#board.holderOf(name);
    return holder === '' || holder === this.#options.identity || this.#board.isRecent(name) === false;
  }

  #lose(name: string): void {
    this.#heldUntil.delete(name);
    this.#tell(name, 'lost');
  }

  #tell(name: string, news: LeaseNews): void {
    if (this.#told.get(name) === news || (news === 'lost' && !this.#told.has(name))) return;
    if (news === 'lost') this.#told.delete(name);
    else this.#told.set(name, news);
    this.#options.onChange(name, news);
  }

  #leave(name: string): void {
    this.#leaving.set(name, false);
    this.#tell(name, 'lost');
    void this.#options
      .drain(name)
      .catch((error: unknown) => {
        this.#options.logger.error('work under a lease did not end well', { lease: name, error });
      })
      .finally(() => {
        this.#leaving.set(name, true);
        this.#begin();
      });
  }

  /** Holds on to a lease while work under it goes on, then gives it back. */
  async #stepBack(name: string, isDrained: boolean): Promise<void> {
    await this.#tried('lease cannot be given back', () => this.#giveUp(name, isDrained), name);
    // One that could not be given back runs out by itself.
    if (isDrained) this.#leaving.delete(name);
    if (isDrained) this.#heldUntil.delete(name);
  }

  async #giveUp(name: string, isDrained: boolean): Promise<void> {
    if (this.#board.holderOf(name) !== this.#options.identity) return;
    await this.#write(name, isDrained ? '' : this.#options.identity);
  }

  async #tried(what: string, step: () => Promise<void>, lease?: string): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#options.logger.warn(what, { ...(lease === undefined ? {} : { lease }), error });
    }
  }
}
