import { TiphysError, isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import { parseGoDuration } from '@tiphys/runtime/config';
import { LRUCache } from 'lru-cache';
import type { Sso } from './sso.ts';
import { digestOf } from './session-vault.ts';
import type { SessionVault } from './session-vault.ts';

/** Even where answers are not to be kept, a stream does not ask the provider each second. */
const LEAST_MS = 15_000;
const MAX_KNOWN = 5_000;

/** What the provider's user info endpoint says of the owner of a token, where the settings ask for groups there. */
export class UserInfo {
  readonly #sso: Sso;
  readonly #vault: SessionVault;
  readonly #clock: Clock;
  readonly #known = new LRUCache<string, { readonly info: JsonObject; readonly until: number }>({
    max: MAX_KNOWN,
  });

  constructor(parts: { readonly sso: Sso; readonly vault: SessionVault; readonly clock: Clock }) {
    this.#sso = parts.sso;
    this.#vault = parts.vault;
    this.#clock = parts.clock;
  }

  /**
   * Empty where the settings do not ask for it.
   * @throws TiphysError `unauthenticated` where the session holds no access token that the provider takes.
   */
  async of(token: string, claims: JsonObject): Promise<JsonObject> {
    const wanted = this.#sso.settings?.userInfo;
    if (wanted === undefined) return {};
    const now = this.#clock.now();
    const known = this.#known.get(digestOf(token));
    if (known !== undefined && known.until > now) return known.info;
    const kept = await this.#kept(token);
    const info = kept ?? (await this.#ask(token, claims));
    const ttlMs = parseGoDuration(wanted.cacheText) ?? 0;
    if (kept === undefined && ttlMs > 0) {
      await this.#vault.put('user-info', token, { text: JSON.stringify(info), ttlMs });
    }
    this.#known.set(digestOf(token), { info, until: now + LEAST_MS });
    return info;
  }

  async #kept(token: string): Promise<JsonObject | undefined> {
    const text = await this.#vault.get('user-info', token);
    const info = text === undefined ? undefined : (JSON.parse(text) as JsonValue);
    return isJsonObject(info) ? info : undefined;
  }

  async #ask(token: string, claims: JsonObject): Promise<JsonObject> {
    const accessToken = await this.#vault.get('access-token', token);
    const { provider, settings } = this.#sso;
    const subject = claims['sub'];
    if (accessToken === undefined || provider === undefined || typeof subject !== 'string') {
      throw new TiphysError(
        'unauthenticated',
        'the groups of the session are not known any more; log in again',
      );
    }
    const url = settings?.userInfo?.url ?? '';
    return await provider.userInfo({ accessToken, subject, ...(url === '' ? {} : { url }) });
  }
}
