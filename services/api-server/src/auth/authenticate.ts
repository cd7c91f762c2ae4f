import type { JsonObject } from '@tiphys/model';
import { tokenFromCookies } from '@tiphys/adapter-argo-api';
import type { Call } from '@tiphys/adapter-argo-api';
import type { Clock } from '@tiphys/ports';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Revocations } from '../session/revocations.ts';
import { parseRoleSubject } from '@tiphys/rbac';
import { ISSUER } from './claims.ts';
import type { Claims } from './claims.ts';
import { checkAccount, checkRoleToken, refused } from './token-owner.ts';
import type { SsoTokens } from '../sso/sso-tokens.ts';
import { issuerOf, verifyToken } from './token.ts';

/** The token of a call: metadata `token`, a bearer of three parts, or the cookie, in that order. */
export function tokenOf(call: Call): string | undefined {
  const given = call.metadata('token');
  if (given !== undefined && given !== '') return given;
  const bearer = /^Bearer (.+)$/.exec(call.metadata('authorization') ?? '')?.[1];
  if (bearer?.split('.').length === 3) return bearer;
  const cookie = tokenFromCookies(call.metadata(call.transport === 'rest' ? 'cookie' : 'grpcgateway-cookie'));
  return cookie?.split('.').length === 3 ? cookie : undefined;
}

/** Decides who calls. Account state is looked at anew for each call. */
export class Authenticator {
  readonly #settings: ServerSettings;
  readonly #revocations: Revocations;
  readonly #clock: Clock;
  readonly #sso: SsoTokens;

  constructor(parts: {
    readonly settings: ServerSettings;
    readonly revocations: Revocations;
    readonly clock: Clock;
    readonly sso: SsoTokens;
  }) {
    this.#settings = parts.settings;
    this.#revocations = parts.revocations;
    this.#clock = parts.clock;
    this.#sso = parts.sso;
  }

  /**
   * The claims of a caller; undefined for one without a token. A bad token is never an anonymous caller.
   * @throws TiphysError `unauthenticated`
   */
  async identify(call: Call): Promise<Claims | undefined> {
    const token = tokenOf(call);
    return token === undefined ? undefined : await this.verify(token);
  }

  /** @throws TiphysError `unauthenticated` */
  async verify(token: string): Promise<Claims> {
    const claims = this.#isForeign(token) ? await this.#sso.verify(token) : this.#ofThisServer(token);
    if (claims.tokenId !== '' && (await this.#revocations.isRevoked(claims.tokenId))) {
      throw refused('token is revoked, please re-login');
    }
    return claims;
  }

  /** Who signed a token is told by its issuer; what that one did not sign is refused by the check that follows. */
  #isForeign(token: string): boolean {
    return this.#sso.enabled && (issuerOf(token) ?? ISSUER) !== ISSUER;
  }

  #ofThisServer(token: string): Claims {
    const now = Math.floor(this.#clock.now() / 1_000);
    const raw = verifyToken(token, this.#settings.signatureKey, now);
    const claims = claimsOf(raw);
    if (claims.issuer !== ISSUER) throw refused('the issuer of the token is not known here');
    const role = parseRoleSubject(claims.subject);
    if (role !== undefined)
      checkRoleToken(claims, { ...role, found: this.#settings.rawProject(role.project) });
    else checkAccount(claims, this.#settings.accounts.get(claims.subject));
    return claims;
  }
}

function claimsOf(raw: JsonObject): Claims {
  const [subject = '', capability] = splitSubject(text(raw, 'sub'));
  return {
    subject,
    capability: capability === 'login' ? 'login' : 'apiKey',
    issuer: text(raw, 'iss'),
    groups: [],
    issuedAt: time(raw, 'iat'),
    expiresAt: time(raw, 'exp'),
    tokenId: text(raw, 'jti'),
  };
}

/** The suffix says what the token was made for; a plain account is an API key. */
function splitSubject(sub: string): readonly [string, string] {
  const at = sub.lastIndexOf(':');
  const suffix = sub.slice(at + 1);
  return at >= 0 && (suffix === 'login' || suffix === 'apiKey')
    ? [sub.slice(0, at), suffix]
    : [sub, 'apiKey'];
}

const text = (raw: JsonObject, key: string): string => {
  const value = raw[key];
  return typeof value === 'string' ? value : '';
};

const time = (raw: JsonObject, key: string): number | undefined => {
  const value = raw[key];
  return typeof value === 'number' ? value : undefined;
};
