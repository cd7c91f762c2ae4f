import { hasCode, type KubeObject } from '@tiphys/model';
import type { Clock, KubeApi } from '@tiphys/ports';
import { claimed, leaseResource, readLease, type LeaseRecord } from './lease-record.ts';

export interface LeaseBoardOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly clock: Clock;
  readonly durationMs: number;
  /** Put on every lease that is written, and what `survey` asks for. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Seen {
  readonly object: KubeObject;
  readonly record: LeaseRecord;
  /** When this process saw that record for the first time; milliseconds since the epoch. */
  readonly at: number;
}

/**
 * What this process knows of Leases, and how it writes them. How old a renewal is, is told by when it was seen here, as
 * clocks of others may be wrong.
 */
export class LeaseBoard {
  readonly #options: LeaseBoardOptions;
  readonly #seen = new Map<string, Seen>();

  constructor(options: LeaseBoardOptions) {
    this.#options = options;
  }

  /** Asks for all leases at once. */
  async survey(): Promise<void> {
    const { api, namespace, labels } = this.#options;
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const { items } = await api.list(leaseResource, { namespace, labelSelector });
    const listed = new Set(items.map(({ metadata }) => metadata.name ?? ''));
    for (const object of items) this.#take(object.metadata.name ?? '', object);
    for (const name of this.#seen.keys()) if (!listed.has(name)) this.#seen.delete(name);
  }

  /** Asks for one lease. */
  async read(name: string): Promise<void> {
    const { api, namespace } = this.#options;
    try {
      this.#take(name, await api.get(leaseResource, { name, namespace }));
    } catch (error) {
      if (!hasCode(error, 'not-found')) throw error;
      this.#seen.delete(name);
    }
  }

  /** Who holds a lease, as far as is known; empty for nobody. */
  holderOf(name: string): string {
    return this.#seen.get(name)?.record.holder ?? '';
  }

  /** True where it was renewed or given back within its duration; undefined where there is none. */
  isRecent(name: string): boolean | undefined {
    const seen = this.#seen.get(name);
    return seen && this.#options.clock.now() - seen.at <= seen.record.durationMs;
  }

  /**
   * Writes a claim over what is known; an empty holder gives back. Errors: `conflict` and `already-exists` where somebody
   * else wrote meanwhile.
   */
  async write(name: string, holder: string): Promise<void> {
    const { api, namespace, clock, durationMs, labels } = this.#options;
    const before = this.#seen.get(name)?.object;
    const lease = claimed({ name, namespace, holder, durationMs, labels, now: clock.now() }, before);
    const write = before === undefined ? 'create' : 'replace';
    this.#take(name, await api[write](leaseResource, lease));
  }

  #take(name: string, object: KubeObject): void {
    const record = readLease(object);
    const before = this.#seen.get(name);
    const isSame = before !== undefined && isSameRecord(before.record, record);
    this.#seen.set(name, { object, record, at: isSame ? before.at : this.#options.clock.now() });
  }
}

const isSameRecord = (a: LeaseRecord, b: LeaseRecord): boolean =>
  a.holder === b.holder && a.renewTime === b.renewTime && a.transitions === b.transitions;
