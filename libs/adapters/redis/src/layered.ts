import type { Cache } from '@tiphys/ports';

export interface LayeredOptions {
  /** How long a value from the far cache is believed here; default 30,000 ms. Content-addressed keys may use hours. */
  readonly nearTtlMs?: number;
}

/** `near` in front of `far`: reads fill `near`, writes and deletes go to both. */
export function layered(near: Cache, far: Cache, options: LayeredOptions = {}): Cache {
  const nearTtlMs = options.nearTtlMs ?? 30_000;
  return {
    async get(key) {
      const known = await near.get(key);
      if (known !== undefined) return known;
      const value = await far.get(key);
      if (value !== undefined) await near.set(key, value, nearTtlMs);
      return value;
    },
    async set(key, value, ttlMs) {
      await Promise.all([near.set(key, value, Math.min(ttlMs, nearTtlMs)), far.set(key, value, ttlMs)]);
    },
    async delete(...keys) {
      await Promise.all([near.delete(...keys), far.delete(...keys)]);
    },
  };
}
