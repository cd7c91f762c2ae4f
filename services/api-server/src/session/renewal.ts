import { randomUUID } from 'node:crypto';
import { RENEW_TOKEN } from '@tiphys/adapter-argo-api';
import type { Call } from '@tiphys/adapter-argo-api';
import type { Clock } from '@tiphys/ports';
import type { Account } from '../accounts/account.ts';
import { ISSUER } from '../auth/claims.ts';
import type { Claims } from '../auth/claims.ts';
import { signToken } from '../auth/token.ts';
import type { ServerSettings } from '../settings/server-settings.ts';

const RENEW_BELOW_S = 5 * 60;
const SECOND_MS = 1_000;

interface Wanted {
  readonly subject: string;
  readonly id: string;
  readonly seconds: number | undefined;
}

/** Makes the tokens of local accounts, and renews those that end soon while they are used. */
export class Renewal {
  readonly #settings: ServerSettings;
  readonly #clock: Clock;

  constructor(settings: ServerSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Resolves when a token made now cannot be taken for one from before the last change of the password. */
  async settled({ passwordMtime }: Account): Promise<void> {
    const left = passwordMtime + SECOND_MS - this.#clock.now();
    if (left > 0) await this.#clock.sleep(Math.min(left, SECOND_MS));
  }

  /** A login token of an account that lives for `seconds`. */
  issue(account: string, seconds: number): string {
    return this.sign({ subject: `${account}:login`, id: randomUUID(), seconds }).token;
  }

  /** A token as it is asked for, and its life in seconds since the epoch; without `seconds` it has no end. */
  sign({ subject, id, seconds }: Wanted): {
    readonly token: string;
    readonly iat: number;
    readonly exp?: number;
  } {
    const iat = Math.floor(this.#clock.now() / 1_000);
    const end = seconds === undefined ? {} : { exp: iat + seconds };
    const claims = { iss: ISSUER, sub: subject, jti: id, iat, nbf: iat, ...end };
    return { token: signToken(claims, this.#settings.signatureKey), iat, ...end };
  }

  /** Sends a new token of the same length along with the reply when the caller's ends within five minutes. */
  renew(claims: Claims, call: Call): void {
    const token = this.renewed(claims);
    if (token !== undefined) call.setHeader(RENEW_TOKEN, token);
  }

  /** The new token of a caller whose own is due. */
  renewed(claims: Claims): string | undefined {
    const { subject, expiresAt, issuedAt } = claims;
    if (!this.isDue(claims) || expiresAt === undefined || issuedAt === undefined) return undefined;
    return this.issue(subject, expiresAt - issuedAt);
  }

  /** True for a login of a local account that ends within five minutes. */
  isDue({ issuer, capability, expiresAt, issuedAt }: Claims): boolean {
    if (issuer !== ISSUER || capability !== 'login' || expiresAt === undefined || issuedAt === undefined)
      return false;
    return expiresAt - this.#clock.now() / 1_000 < RENEW_BELOW_S;
  }
}
