import { hasCode } from '@tiphys/model';
import type { CommandStarter } from '@tiphys/ports';
import type { BatchAnswer } from './batch-protocol.ts';
import { BatchReader } from './batch-reader.ts';

interface Slot {
  readonly starting: Promise<BatchReader>;
  /** Undefined while it starts. */
  reader?: BatchReader;
}

/** Keeps a bounded number of readers, one a mirror; a dead one is replaced when it is next needed. */
export class ReaderPool {
  readonly #starter: CommandStarter;
  readonly #limit: number;
  readonly #maxBytes: number;
  /** In order of use, the oldest first. */
  readonly #slots = new Map<string, Slot>();

  constructor(starter: CommandStarter, options: { readonly processes: number; readonly maxBytes: number }) {
    this.#starter = starter;
    this.#limit = options.processes;
    this.#maxBytes = options.maxBytes;
  }

  /** Asks for objects by id, in order. A reader that dies meanwhile is replaced once. */
  async ask(
    mirror: string,
    verb: 'contents' | 'info',
    ids: readonly string[],
  ): Promise<readonly BatchAnswer[]> {
    try {
      return await this.#askOnce(mirror, verb, ids);
    } catch (error) {
      if (!hasCode(error, 'unavailable')) throw error;
      return this.#askOnce(mirror, verb, ids);
    }
  }

  /** Ends the reader of a mirror, so that its files can go. */
  async drop(mirror: string): Promise<void> {
    const slot = this.#slots.get(mirror);
    this.#slots.delete(mirror);
    if (slot !== undefined) await end(slot);
  }

  async close(): Promise<void> {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    await Promise.all(slots.map(end));
  }

  async #askOnce(
    mirror: string,
    verb: 'contents' | 'info',
    ids: readonly string[],
  ): Promise<readonly BatchAnswer[]> {
    const reader = await this.#reader(mirror);
    return Promise.all(ids.map((id) => reader.ask(verb, id)));
  }

  #reader(mirror: string): Promise<BatchReader> {
    const known = this.#slots.get(mirror);
    const slot = known === undefined || known.reader?.isDead === true ? this.#start(mirror) : known;
    this.#slots.delete(mirror);
    this.#slots.set(mirror, slot);
    this.#shrink();
    return slot.starting;
  }

  #start(mirror: string): Slot {
    const starting = BatchReader.start(this.#starter, mirror, this.#maxBytes);
    const slot: Slot = { starting };
    starting.then(
      (reader) => (slot.reader = reader),
      () => this.#slots.delete(mirror),
    );
    return slot;
  }

  #shrink(): void {
    for (const [mirror, slot] of this.#slots) {
      if (this.#slots.size <= this.#limit) return;
      if (slot.reader?.isIdle !== true) continue;
      this.#slots.delete(mirror);
      void slot.reader.stop();
    }
  }
}

const end = (slot: Slot): Promise<void> =>
  slot.starting.then(
    (reader) => reader.stop(),
    () => undefined,
  );
