import { randomUUID } from 'node:crypto';
import { RENEW_TOKEN } from '@tiphys/adapter-argo-api';
import type { Call } from '@tiphys/adapter-argo-api';
import type { Clock } from '@tiphys/ports';
import { ISSUER } from '../auth/claims.ts';
import type { Claims } from '../auth/claims.ts';
import { signToken } from '../auth/token.ts';
import type { ServerSettings } from '../settings/server-settings.ts';

const RENEW_BELOW_S = 5 * 60;

/** Makes the tokens of local accounts, and renews those that end soon while they are used. */
export class Renewal {
  readonly #settings: ServerSettings;
  readonly #clock: Clock;

  constructor(settings: ServerSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** A login token of an account that lives for `seconds`. */
  issue(account: string, seconds: number): string {
    const now = Math.floor(this.#clock.now() / 1_000);
    const life = { iat: now, nbf: now, exp: now + seconds };
    const claims = { iss: ISSUER, sub: `${account}:login`, jti: randomUUID(), ...life };
    return signToken(claims, this.#settings.signatureKey);
  }

  /** Sends a new token of the same length along with the reply when the caller's ends within five minutes. */
  renew(claims: Claims, call: Call): void {
    const { expiresAt, issuedAt } = claims;
    if (claims.capability !== 'login' || expiresAt === undefined || issuedAt === undefined) return;
    if (expiresAt - this.#clock.now() / 1_000 >= RENEW_BELOW_S) return;
    call.setHeader(RENEW_TOKEN, this.issue(claims.subject, expiresAt - issuedAt));
  }
}
