import { hasCode, type KubeObject } from '@tiphys/model';
import type { Clock, KubeApi, Logger } from '@tiphys/ports';
import { claimed, leaseResource, readLease, type LeaseRecord } from './lease-record.ts';

export interface LeaseSetOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  /** Names this process; a process that takes its place after a crash must have the same. */
  readonly identity: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** So long after its last renewal a lease may be taken by somebody else. Default 15 s. */
  readonly durationMs?: number;
  /** Time between two renewals. Default 5 s. */
  readonly renewMs?: number;
  /** A lease came or went. */
  readonly onChange: (name: string, isHeld: boolean) => void;
  /** Ends what is going on under a lease before it is given back. */
  readonly drain: (name: string) => Promise<void>;
}

interface Seen {
  readonly record: LeaseRecord;
  readonly at: number;
}

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
  readonly #seen = new Map<string, Seen>();
  readonly #heldUntil = new Map<string, number>();
  readonly #told = new Set<string>();
  #wanted: ReadonlySet<string> = new Set();
  #round: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: LeaseSetOptions) {
    this.#options = options;
    this.#durationMs = options.durationMs ?? 15_000;
    this.#renewMs = options.renewMs ?? 5_000;
  }

  /** Whether work under this lease may be done at this moment. */
  holds(name: string): boolean {
    return (this.#heldUntil.get(name) ?? 0) > this.#options.clock.now();
  }

  /** Says which leases are wanted from now on; those that no longer are, are drained and given back. */
  want(names: ReadonlySet<string>): void {
    this.#wanted = names;
    this.#begin();
  }

  /** Drains and gives back all leases. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#wanted = new Set();
    await this.#round;
    await this.#giveBack();
  }

  #begin(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#round = this.#round.then(() => this.#once()).finally(() => this.#plan());
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => this.#begin(), this.#renewMs).unref();
  }

  async #once(): Promise<void> {
    await this.#giveBack();
    await Promise.all([...this.#wanted].map((name) => this.#claim(name)));
    for (const name of this.#told) if (!this.holds(name)) this.#tell(name, false);
  }

  async #claim(name: string): Promise<void> {
    const { clock, logger } = this.#options;
    const now = clock.now();
    try {
      const found = await this.#read(name);
      if (found !== undefined && !this.#isFree(name, readLease(found), now)) return this.#lose(name);
      await this.#write(name, { found, holder: this.#options.identity, now });
      // Less than the whole, so that work that has just begun ends in time.
      this.#heldUntil.set(name, now + (this.#durationMs * 2) / 3);
      this.#tell(name, true);
    } catch (error) {
      if (hasCode(error, 'conflict') || hasCode(error, 'already-exists')) return;
      logger.warn('lease cannot be renewed', { lease: name, error });
    }
  }

  #isFree(name: string, record: LeaseRecord, now: number): boolean {
    if (record.holder === '' || record.holder === this.#options.identity) return true;
    const seen = this.#seen.get(name);
    if (seen === undefined || !isSame(seen.record, record)) {
      this.#seen.set(name, { record, at: now });
      return false;
    }
    return now - seen.at > record.durationMs;
  }

  #lose(name: string): void {
    this.#heldUntil.delete(name);
    this.#tell(name, false);
  }

  #tell(name: string, isHeld: boolean): void {
    if (this.#told.has(name) === isHeld) return;
    if (isHeld) this.#told.add(name);
    else this.#told.delete(name);
    this.#options.onChange(name, isHeld);
  }

  async #giveBack(): Promise<void> {
    const unwanted = [...this.#heldUntil.keys()].filter((name) => !this.#wanted.has(name));
    await Promise.all(unwanted.map((name) => this.#release(name)));
  }

  async #release(name: string): Promise<void> {
    const { clock, drain, identity, logger } = this.#options;
    this.#heldUntil.delete(name);
    this.#tell(name, false);
    try {
      await drain(name);
      const found = await this.#read(name);
      if (found === undefined || readLease(found).holder !== identity) return;
      await this.#write(name, { found, holder: '', now: clock.now() });
    } catch (error) {
      // It runs out by itself.
      logger.warn('lease cannot be given back', { lease: name, error });
    }
  }

  async #read(name: string): Promise<KubeObject | undefined> {
    const { api, namespace } = this.#options;
    try {
      return await api.get(leaseResource, { name, namespace });
    } catch (error) {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }

  async #write(
    name: string,
    { found, holder, now }: { found: KubeObject | undefined; holder: string; now: number },
  ): Promise<void> {
    const { api, namespace } = this.#options;
    const lease = claimed({ name, namespace, holder, durationMs: this.#durationMs, now }, found);
    await (found === undefined ? api.create(leaseResource, lease) : api.replace(leaseResource, lease));
  }
}

const isSame = (a: LeaseRecord, b: LeaseRecord): boolean =>
  a.holder === b.holder && a.renewTime === b.renewTime && a.transitions === b.transitions;
