import { LRUCache } from 'lru-cache';
import type { GitRefs } from '@tiphys/ports';

/** A broken remote is not asked again sooner than this, unless someone insists. */
const FAILURE_KEPT_MS = 10_000;
const MAX_ENTRIES = 1_000;

interface Known {
  readonly at: number;
  readonly refs: Promise<GitRefs>;
  /** Undefined while it runs. */
  readonly outcome: { failed: boolean } | undefined;
}

/** Remembers what remotes answered; whoever asks while one is being asked gets that answer. */
export class RefsCache {
  readonly #known = new LRUCache<string, Known>({ max: MAX_ENTRIES });
  readonly #running = new Map<string, { readonly refs: Promise<GitRefs>; next?: Promise<GitRefs> }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * `maxAgeMs` 0 insists on an answer to a question asked from now on: when one is under way already, a next one
   * follows it, shared by all who insist meanwhile.
   */
  get(key: string, maxAgeMs: number, ask: () => Promise<GitRefs>): Promise<GitRefs> {
    const running = this.#running.get(key);
    if (running !== undefined) {
      if (maxAgeMs > 0) return running.refs;
      running.next ??= running.refs.then(
        () => this.#ask(key, ask),
        () => this.#ask(key, ask),
      );
      return running.next;
    }
    const known = this.#known.get(key);
    if (known !== undefined && this.#now() - known.at < this.#lifetime(known, maxAgeMs)) return known.refs;
    return this.#ask(key, ask);
  }

  #lifetime(known: Known, maxAgeMs: number): number {
    return known.outcome?.failed === true ? Math.min(maxAgeMs, FAILURE_KEPT_MS) : maxAgeMs;
  }

  #ask(key: string, ask: () => Promise<GitRefs>): Promise<GitRefs> {
    const outcome = { failed: false };
    const at = this.#now();
    const refs = ask();
    this.#running.set(key, { refs });
    this.#known.set(key, { at, refs, outcome });
    refs
      .catch(() => (outcome.failed = true))
      .finally(() => {
        if (this.#running.get(key)?.refs === refs) this.#running.delete(key);
      });
    return refs;
  }
}
