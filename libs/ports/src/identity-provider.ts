import type { JsonObject } from '@tiphys/model';

/** How an OpenID Connect provider is reached, and what this installation is there. */
export interface IdentityProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** A public client has none. */
  readonly clientSecret?: string;
  /** A file with a token that stands in for the secret, read anew for each use. */
  readonly clientAssertionFile?: string;
  /** A token counts where one of its audiences is among these. */
  readonly audiences: readonly string[];
  /** Let tokens count that name no audience at all. Default false. */
  readonly allowNoAudience?: boolean;
  /** PEM of authorities beside those of the system. */
  readonly rootCa?: string;
  /** Accept any certificate of the provider. Default false. */
  readonly skipTlsVerification?: boolean;
  /** Where requests really go, in place of the origin of the issuer; then nothing outside the issuer is asked. */
  readonly reachedAt?: string;
}

export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE, by S256. */
  readonly codeChallenge: string;
  /** Further parameters, such as `claims`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What came back from the provider's login page, and what it must fit. */
export interface AuthorizationAnswer {
  /** The redirect URI with the query that the browser brought. */
  readonly callback: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface IssuedTokens {
  readonly idToken: string;
  /** What the ID token says, checked. */
  readonly claims: JsonObject;
  readonly accessToken?: string;
  /** Seconds that the access token lives, where that is told. */
  readonly accessTokenSeconds?: number;
  readonly refreshToken?: string;
}

/**
 * An OpenID Connect provider. Every method rejects with TiphysError `unavailable` where the provider cannot be reached or
 * answers something else than it should, and `unauthenticated` where it or this side refuses.
 */
export interface IdentityProvider {
  /** Where a browser is sent to log in. */
  authorizationUrl(request: AuthorizationRequest): Promise<string>;
  /** Trades the code of an answer for tokens. The ID token is checked, its nonce as well. */
  redeem(answer: AuthorizationAnswer): Promise<IssuedTokens>;
  /** New tokens for a refresh token. */
  refresh(refreshToken: string): Promise<IssuedTokens>;
  /** The claims of the user info endpoint, or of `url`; they must be about `subject`. */
  userInfo(request: {
    readonly accessToken: string;
    readonly subject: string;
    readonly url?: string;
  }): Promise<JsonObject>;
  /** The claims of a token of this provider: signature, issuer, audience and life are checked. */
  verify(token: string): Promise<JsonObject>;
  /** True where refresh tokens are asked for by the scope `offline_access`. */
  offersOfflineAccess(): Promise<boolean>;
  /** Closes the connections. */
  close(): Promise<void>;
}

export interface IdentityProviders {
  /** Nothing is sent before the first question. */
  open(settings: IdentityProviderSettings): IdentityProvider;
}
