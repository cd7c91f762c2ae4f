import { readFileSync } from 'node:fs';
import { TiphysError, isJsonObject, isTiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type {
  AuthorizationAnswer,
  AuthorizationRequest,
  Clock,
  IdentityProvider,
  IdentityProviders,
  IdentityProviderSettings,
  IssuedTokens,
} from '@tiphys/ports';
import type { JSONWebKeySet } from 'jose';
import * as oidc from 'openid-client';
import type { Dispatcher } from 'undici';
import { boundedFetch, dispatcherFor } from './bounded-fetch.ts';
import { KeySet } from './key-set.ts';
import { Remembered } from './remembered.ts';
import { checkToken, refused } from './token-check.ts';

const MINUTE_MS = 60_000;
const METADATA = { freshMs: 10 * MINUTE_MS, endMs: 24 * 60 * MINUTE_MS, pauseMs: 2_000 };
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Providers as the OpenID Connect discovery tells of them. */
export const createIdentityProviders = ({ clock }: { readonly clock: Clock }): IdentityProviders => ({
  open: (settings) => new Provider(settings, clock),
});

class Provider implements IdentityProvider {
  readonly #settings: IdentityProviderSettings;
  readonly #clock: Clock;
  readonly #dispatcher: Dispatcher;
  readonly #fetch: oidc.CustomFetch;
  readonly #client: Remembered<oidc.Configuration>;
  readonly #keys: KeySet;

  constructor(settings: IdentityProviderSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#dispatcher = dispatcherFor(settings);
    this.#fetch = boundedFetch(this.#dispatcher, settings);
    this.#client = new Remembered({ load: () => this.#discover(), clock, ...METADATA });
    this.#keys = new KeySet(() => this.#loadKeys(), clock);
  }

  async authorizationUrl(request: AuthorizationRequest): Promise<string> {
    const client = await this.#client.get();
    if (client.serverMetadata().authorization_endpoint === undefined) throw unfit('names no login page');
    const url = oidc.buildAuthorizationUrl(client, {
      ...request.parameters,
      redirect_uri: request.redirectUri,
      scope: request.scopes.join(' '),
      state: request.state,
      nonce: request.nonce,
      code_challenge: request.codeChallenge,
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  async redeem({ callback, state, nonce, codeVerifier }: AuthorizationAnswer): Promise<IssuedTokens> {
    const client = await this.#client.get();
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier };
    const tokens = await asked(() => oidc.authorizationCodeGrant(client, new URL(callback), checks));
    const issued = await this.#issued(tokens);
    if (issued.claims['nonce'] !== nonce) throw refused('its nonce is another one');
    return issued;
  }

  async refresh(refreshToken: string): Promise<IssuedTokens> {
    const client = await this.#client.get();
    return await this.#issued(await asked(() => oidc.refreshTokenGrant(client, refreshToken)));
  }

  async userInfo(request: Parameters<IdentityProvider['userInfo']>[0]): Promise<JsonObject> {
    const { accessToken, subject, url } = request;
    const client = await this.#client.get();
    const claims = await asked(async () => {
      if (url === undefined) return await oidc.fetchUserInfo(client, accessToken, subject);
      const answer = await oidc.fetchProtectedResource(client, accessToken, new URL(url), 'GET');
      if (answer.status !== 200) throw unfit(`answered ${answer.status} when asked for a user`);
      return await answer.json();
    });
    if (!isJsonObject(claims) || claims['sub'] !== subject) {
      throw unfit('told of another user than asked for');
    }
    return claims;
  }

  async verify(token: string): Promise<JsonObject> {
    const { issuer, id_token_signing_alg_values_supported: algorithms } = (
      await this.#client.get()
    ).serverMetadata();
    const { audiences, allowNoAudience = false } = this.#settings;
    const rules = { issuer, audiences, allowNoAudience, algorithms, keys: this.#keys, clock: this.#clock };
    return await checkToken(token, rules);
  }

  async offersOfflineAccess(): Promise<boolean> {
    const { scopes_supported: scopes } = (await this.#client.get()).serverMetadata();
    return scopes?.includes('offline_access') === true;
  }

  close(): Promise<void> {
    return this.#dispatcher.close();
  }

  async #issued(
    tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  ): Promise<IssuedTokens> {
    const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = tokens;
    if (idToken === undefined) throw unfit('sent no ID token');
    const seconds = tokens.expiresIn();
    return {
      idToken,
      claims: await this.verify(idToken),
      accessToken,
      ...(seconds === undefined ? {} : { accessTokenSeconds: seconds }),
      ...(refreshToken === undefined ? {} : { refreshToken }),
    };
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId } = this.#settings;
    const url = new URL(issuer);
    const execute = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    return await asked(async () => {
      const options = { execute, [oidc.customFetch]: this.#fetch };
      const found = await oidc.discovery(url, clientId, undefined, oidc.None(), options);
      const client = new oidc.Configuration(
        found.serverMetadata(),
        clientId,
        undefined,
        this.#authentication(found),
      );
      for (const apply of execute) apply(client);
      client[oidc.customFetch] = this.#fetch;
      return client;
    });
  }

  /** By the way that the provider names; the one that holds where it names none is the Authorization header. */
  #authentication(found: oidc.Configuration): oidc.ClientAuth {
    const { clientSecret, clientAssertionFile } = this.#settings;
    if (clientAssertionFile !== undefined) return fileAssertion(clientAssertionFile);
    if (clientSecret === undefined || clientSecret === '') return oidc.None();
    const methods = found.serverMetadata().token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return methods.includes('client_secret_basic')
      ? oidc.ClientSecretBasic(clientSecret)
      : oidc.ClientSecretPost(clientSecret);
  }

  async #loadKeys(): Promise<JSONWebKeySet> {
    const { jwks_uri: url } = (await this.#client.get()).serverMetadata();
    if (url === undefined) throw unfit('names no keys');
    return await asked(async () => {
      const answer = await this.#fetch(url, {
        method: 'GET',
        headers: { accept: 'application/json' },
        body: null,
        redirect: 'manual',
      });
      if (answer.status !== 200) throw unfit(`answered ${answer.status} when asked for its keys`);
      return (await answer.json()) as JSONWebKeySet;
    });
  }
}

const fileAssertion =
  (file: string): oidc.ClientAuth =>
  (_server, client, body) => {
    body.set('client_id', client.client_id);
    body.set('client_assertion_type', ASSERTION);
    body.set('client_assertion', readFileSync(file, 'utf8').trim());
  };

/** Runs a question to the provider; a refusal of it is told apart from its being away. */
async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (isTiphysError(cause)) throw cause;
    const inner = (cause as { readonly cause?: unknown }).cause;
    if (isTiphysError(inner)) throw inner;
    if (cause instanceof oidc.AuthorizationResponseError || cause instanceof oidc.ResponseBodyError) {
      throw new TiphysError('unauthenticated', 'the identity provider refused', { cause });
    }
    if (cause instanceof oidc.WWWAuthenticateChallengeError) {
      throw new TiphysError('unauthenticated', 'the identity provider does not accept the token', { cause });
    }
    throw new TiphysError('unavailable', 'the identity provider cannot be reached or answers wrongly', {
      cause,
    });
  }
}

const unfit = (what: string): TiphysError => new TiphysError('unavailable', `the identity provider ${what}`);
