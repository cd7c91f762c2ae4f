import { createHash } from 'node:crypto';
import type { Repository } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { HelmIndex } from './index-file.ts';

export interface CachedIndex {
  readonly index: HelmIndex;
  readonly etag: string | undefined;
  readonly at: number;
}

/** Downloads an index, or says that the one known is still good. */
export type IndexLoader = (known: CachedIndex | undefined) => Promise<Omit<CachedIndex, 'at'>>;

const MAX_KEPT = 100;

/** Indexes by repository and login; parallel askers share one download. */
export class IndexCache {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept = new Map<string, CachedIndex>();
  readonly #loading = new Map<string, Promise<CachedIndex>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** An index at most `maxAgeMs` old. */
  async get(repository: Repository, maxAgeMs: number, load: IndexLoader): Promise<HelmIndex> {
    const key = keyOf(repository);
    const known = this.#kept.get(key);
    if (known !== undefined && this.#clock.now() - known.at < maxAgeMs) return known.index;
    const running = this.#loading.get(key) ?? this.#load(key, load);
    return (await running).index;
  }

  #load(key: string, load: IndexLoader): Promise<CachedIndex> {
    const at = this.#clock.now();
    const running = load(this.#kept.get(key))
      .then((loaded) => this.#keep(key, { ...loaded, at }))
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, running);
    return running;
  }

  #keep(key: string, entry: CachedIndex): CachedIndex {
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MAX_KEPT && oldest.done === false) this.#kept.delete(oldest.value);
    return entry;
  }
}

/** Whoever logs in otherwise must not see what another one may. */
function keyOf(repository: Repository): string {
  const { url, username, password, bearerToken, tlsClientCertKey, proxy } = repository;
  return createHash('sha256')
    .update(JSON.stringify([url, username, password, bearerToken, tlsClientCertKey, proxy]))
    .digest('hex');
}
