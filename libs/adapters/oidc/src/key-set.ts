import type { Clock } from '@tiphys/ports';
import { createLocalJWKSet, errors } from 'jose';
import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose';
import { Remembered } from './remembered.ts';

const MINUTE_MS = 60_000;
const FRESH_MS = 10 * MINUTE_MS;
/** How long tokens are still checked with keys of a provider that is away. */
const END_MS = 60 * MINUTE_MS;
/** A token with an unknown key makes the keys be loaded anew, but not more often than this. */
const PAUSE_MS = 5_000;

type LocalKeys = ReturnType<typeof createLocalJWKSet>;

/** The keys that a provider signs with, as it publishes them. */
export class KeySet {
  readonly #keys: Remembered<LocalKeys>;

  constructor(load: () => Promise<JSONWebKeySet>, clock: Clock) {
    this.#keys = new Remembered({
      load: async () => createLocalJWKSet(await load()),
      clock,
      freshMs: FRESH_MS,
      endMs: END_MS,
      pauseMs: PAUSE_MS,
    });
  }

  /** The keys that may have signed a token: one by its id, or all that fit where it names none. */
  async candidates(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<readonly CryptoKey[]> {
    const found = await matching(await this.#keys.get(), header, token);
    return found.length > 0 ? found : await matching(await this.#keys.renew(), header, token);
  }
}

async function matching(
  keys: LocalKeys,
  header: JWSHeaderParameters,
  token: FlattenedJWSInput,
): Promise<readonly CryptoKey[]> {
  try {
    return [await keys(header, token)];
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return [];
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    const several: CryptoKey[] = [];
    for await (const key of error) several.push(key);
    return several;
  }
}
