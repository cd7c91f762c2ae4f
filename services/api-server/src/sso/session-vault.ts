import { createHash } from 'node:crypto';
import type { Cache } from '@tiphys/ports';
import type { ServerSettings } from '../settings/server-settings.ts';
import { openText, sealText } from './sealed.ts';
import type { SealPurpose } from './sealed.ts';

export type VaultItem = Exclude<SealPurpose, 'login'>;

const ITEMS: readonly VaultItem[] = ['access-token', 'refresh-token', 'renewed-token', 'user-info'];

/**
 * What belongs to the session of an ID token, kept encrypted in the cache for all replicas. The key of an entry is a
 * digest of the token: who has not the token does not find the entry.
 */
export class SessionVault {
  readonly #cache: Cache;
  readonly #settings: ServerSettings;

  constructor(cache: Cache, settings: ServerSettings) {
    this.#cache = cache;
    this.#settings = settings;
  }

  async get(item: VaultItem, idToken: string): Promise<string | undefined> {
    const sealed = await this.#cache.get(keyOf(item, idToken));
    return sealed === undefined ? undefined : openText(sealed, item, this.#settings.signatureKey);
  }

  async put(
    item: VaultItem,
    idToken: string,
    entry: { readonly text: string; readonly ttlMs: number },
  ): Promise<void> {
    if (entry.ttlMs <= 0) return;
    const sealed = sealText(entry.text, item, this.#settings.signatureKey);
    await this.#cache.set(keyOf(item, idToken), sealed, entry.ttlMs);
  }

  /** Forgets everything of a session. */
  async clear(idToken: string): Promise<void> {
    await this.#cache.delete(...ITEMS.map((item) => keyOf(item, idToken)));
  }
}

export const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
const keyOf = (item: VaultItem, idToken: string): string => `sso|${item}|${digestOf(idToken)}`;
