const REMEMBERED = 1_024;

/**
 * The objects that went lately, by uid. An answer to a write may come after the watch told the end of its object; what
 * it holds must not bring that back.
 */
export class GoneObjects {
  readonly #uids = new Set<string>();

  add(uid: string): void {
    if (uid === '') return;
    this.#uids.delete(uid);
    this.#uids.add(uid);
    const [oldest] = this.#uids;
    if (this.#uids.size > REMEMBERED && oldest !== undefined) this.#uids.delete(oldest);
  }

  has(uid: string): boolean {
    return this.#uids.has(uid);
  }
}
