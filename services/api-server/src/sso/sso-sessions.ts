import { RENEW_TOKEN } from '@tiphys/adapter-argo-api';
import type { Call } from '@tiphys/adapter-argo-api';
import type { Clock, Counters, IssuedTokens, Logger } from '@tiphys/ports';
import { parseGoDuration } from '@tiphys/runtime/config';
import type { SsoSettings } from '@tiphys/settings';
import type { Claims } from '../auth/claims.ts';
import { digestOf } from './session-vault.ts';
import type { SessionVault } from './session-vault.ts';
import type { Sso } from './sso.ts';

/** How long a refresh token is kept while its session is not used. */
const REFRESH_TTL_MS = 7 * 86_400_000;
/** One replica renews a token; the others leave it this long. */
const LOCK_MS = 30_000;
const HOUR_S = 3_600;

export interface SsoSessionsParts {
  readonly sso: Sso;
  readonly vault: SessionVault;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sessions that began at the identity provider: what the server keeps for them, and how they go on. */
export class SsoSessions {
  readonly #parts: SsoSessionsParts;

  constructor(parts: SsoSessionsParts) {
    this.#parts = parts;
  }

  /** Keeps what the session will need: the access token for its groups, the refresh token for its renewal. */
  async begin(issued: IssuedTokens, settings: SsoSettings): Promise<void> {
    const { vault } = this.#parts;
    const { idToken, accessToken, accessTokenSeconds = HOUR_S, refreshToken } = issued;
    if (settings.userInfo !== undefined && accessToken !== undefined) {
      await vault.put('access-token', idToken, { text: accessToken, ttlMs: accessTokenSeconds * 1_000 });
    }
    if (settings.refreshThresholdText !== '' && refreshToken !== undefined) {
      await vault.put('refresh-token', idToken, { text: refreshToken, ttlMs: REFRESH_TTL_MS });
    }
  }

  /** Forgets what is kept for the session of a token. */
  end(idToken: string): Promise<void> {
    return this.#parts.vault.clear(idToken);
  }

  /**
   * Sends a new token along with the reply when the caller's is near its end and the session can be renewed. The
   * provider is asked aside, so that no call waits for it: a later reply brings the token.
   */
  async renew(claims: Claims, token: string, call: Call): Promise<void> {
    const { sso, vault, clock, logger } = this.#parts;
    const { settings } = sso;
    const thresholdMs = parseGoDuration(settings?.refreshThresholdText ?? '') ?? 0;
    if (settings === undefined || claims.expiresAt === undefined) return;
    if (thresholdMs <= 0 || claims.expiresAt * 1_000 - clock.now() >= thresholdMs) return;
    const renewed = await vault.get('renewed-token', token);
    if (renewed !== undefined) call.setHeader(RENEW_TOKEN, renewed);
    else {
      void this.#renew(token, claims.expiresAt, settings).catch((error: unknown) => {
        logger.warn('a session could not be renewed', { error });
      });
    }
  }

  async #renew(token: string, expiresAt: number, settings: SsoSettings): Promise<void> {
    const { sso, vault, counters, clock } = this.#parts;
    const refreshToken = await vault.get('refresh-token', token);
    const { provider } = sso;
    if (refreshToken === undefined || provider === undefined) return;
    const { count } = await counters.increment(`sso-renewal|${digestOf(token)}`, LOCK_MS);
    if (count > 1) return;
    const issued = await provider.refresh(refreshToken);
    if (issued.idToken === token) return;
    await this.begin({ refreshToken, ...issued }, settings);
    const leftMs = expiresAt * 1_000 - clock.now();
    await vault.put('renewed-token', token, { text: issued.idToken, ttlMs: Math.max(leftMs, 1_000) });
  }
}
