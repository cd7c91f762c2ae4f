import { createHash } from 'node:crypto';
import type { Repository } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { OciName } from './reference.ts';

interface Kept {
  readonly tags: readonly string[];
  readonly at: number;
}

const MAX_KEPT = 1_000;

/** Tags by repository and login; parallel askers share one listing. */
export class TagCache {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Map<string, Promise<readonly string[]>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Tags at most `maxAgeMs` old. */
  async get(
    where: { readonly repository: Repository; readonly name: OciName },
    maxAgeMs: number,
    load: () => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const { username, password, bearerToken } = where.repository;
    const key = createHash('sha256')
      .update(JSON.stringify([where.name, username, password, bearerToken]))
      .digest('hex');
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#clock.now() - kept.at < maxAgeMs) return kept.tags;
    return this.#loading.get(key) ?? this.#load(key, load);
  }

  #load(key: string, load: () => Promise<readonly string[]>): Promise<readonly string[]> {
    const at = this.#clock.now();
    const running = load()
      .then((tags) => {
        if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
        this.#kept.set(key, { tags, at });
        return tags;
      })
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, running);
    return running;
  }
}
