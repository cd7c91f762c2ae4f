import type { JsonObject } from '@tiphys/model';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { refused } from '../auth/token-owner.ts';
import { identityOf } from './identity.ts';
import type { Sso } from './sso.ts';
import type { UserInfo } from './user-info.ts';

/** Tokens of the identity provider, as they count here. */
export class SsoTokens {
  readonly #sso: Sso;
  readonly #userInfo: UserInfo;
  readonly #access: Access;

  constructor(parts: { readonly sso: Sso; readonly userInfo: UserInfo; readonly access: Access }) {
    this.#sso = parts.sso;
    this.#userInfo = parts.userInfo;
    this.#access = parts.access;
  }

  /** True where tokens of other issuers than this server may count. */
  get enabled(): boolean {
    return this.#sso.settings !== undefined;
  }

  /**
   * Who a token of the provider speaks for, with groups by the scopes of the policy.
   * @throws TiphysError `unauthenticated`; `unavailable` where the provider is away and its keys have ended.
   */
  async verify(token: string): Promise<Claims> {
    const { provider } = this.#sso;
    if (provider === undefined) throw refused('the issuer of the token is not known here');
    const claims: JsonObject = await provider.verify(token);
    const info = await this.#userInfo.of(token, claims);
    return identityOf({ ...claims, ...groupClaims(info, this.#access.scopes) }, token, this.#access.scopes);
  }
}

/** Of the user info only groups count; who somebody is, the signed token says. */
const groupClaims = (info: JsonObject, scopes: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(info).filter(([name]) => scopes.includes(name)));
