import * as oidc from 'openid-client';
import type { Api } from '../api/api.ts';
import { exitCodes, Failure } from '../program/failure.ts';
import type { Invocation } from '../program/invocation.ts';
import { openBrowser } from './browser.ts';
import { CALLBACK_PATH, waitForCallback } from './callback-server.ts';
import { discover, providerFailure } from './client.ts';
import { providerOf, type SsoProvider } from './provider.ts';

export interface SsoFlags {
  readonly 'sso-port': number;
  readonly 'sso-launch-browser': boolean;
  readonly callback: string | undefined;
}

/** The flags of every command that logs in by an identity provider. */
export const ssoFlags = {
  'sso-port': {
    kind: 'integer',
    default: 8085,
    describe: 'Port on this machine that the browser comes back to',
  },
  'sso-launch-browser': {
    kind: 'switch',
    default: true,
    describe: 'Open the browser; else only print the address',
  },
  callback: {
    kind: 'text',
    placeholder: 'url',
    describe: 'Scheme, host and port that the browser comes back to, where a proxy leads to --sso-port',
  },
} as const;

export interface SsoSession {
  readonly token: string;
  readonly refreshToken: string | undefined;
}

/** Logs in with the browser, by the code flow with PKCE; nothing secret is in the address that is shown. */
export async function logInBySso(api: Api, flags: SsoFlags, { out, err }: Invocation): Promise<SsoSession> {
  const provider = await providerOf(api);
  const client = await discover(provider, api.target);
  const login = {
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    verifier: oidc.randomPKCECodeVerifier(),
    redirectUri: `${(flags.callback ?? `http://localhost:${String(flags['sso-port'])}`).replace(/\/+$/, '')}${CALLBACK_PATH}`,
  };
  const callback = await waitForCallback(flags['sso-port'], login.state);
  try {
    const url = await addressOf(client, provider, login);
    const opened = flags['sso-launch-browser'] && (await openBrowser(url));
    out.line(opened ? `The browser is open to log in at ${url}` : `Open this address to log in: ${url}`);
    if (flags['sso-launch-browser'] && !opened) err.line('Warning: no browser could be opened.');
    const query = await callback.query;
    return await redeem(client, provider, { ...login, query });
  } finally {
    await callback.close();
  }
}

interface Login {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

async function addressOf(
  client: oidc.Configuration,
  { scopes, claims }: SsoProvider,
  login: Login,
): Promise<string> {
  const offline = client.serverMetadata().scopes_supported?.includes('offline_access') === true;
  const wanted = offline && !scopes.includes('offline_access') ? [...scopes, 'offline_access'] : scopes;
  const url = oidc.buildAuthorizationUrl(client, {
    redirect_uri: login.redirectUri,
    scope: wanted.join(' '),
    state: login.state,
    nonce: login.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(login.verifier),
    code_challenge_method: 'S256',
    ...(offline ? {} : { access_type: 'offline' }),
    ...(claims === undefined ? {} : { claims }),
  });
  return url.href;
}

async function redeem(
  client: oidc.Configuration,
  { issuer }: SsoProvider,
  { query, redirectUri, state, nonce, verifier }: Login & { readonly query: string },
): Promise<SsoSession> {
  try {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
    const tokens = await oidc.authorizationCodeGrant(client, new URL(`${redirectUri}?${query}`), checks);
    return sessionOf(tokens, issuer);
  } catch (cause) {
    if (cause instanceof oidc.AuthorizationResponseError)
      throw new Failure(`The identity provider did not log you in: ${printable(cause.error)}`, {
        exitCode: exitCodes.general,
        cause,
      });
    throw cause instanceof Failure ? cause : providerFailure(issuer, cause);
  }
}

/** A new session for a refresh token. */
export async function refreshSession(api: Api, refreshToken: string): Promise<SsoSession> {
  const provider = await providerOf(api);
  const client = await discover(provider, api.target);
  try {
    const tokens = await oidc.refreshTokenGrant(client, refreshToken);
    const session = sessionOf(tokens, provider.issuer);
    return { ...session, refreshToken: session.refreshToken ?? refreshToken };
  } catch (cause) {
    throw cause instanceof Failure ? cause : providerFailure(provider.issuer, cause);
  }
}

function sessionOf(tokens: oidc.TokenEndpointResponse, issuer: string): SsoSession {
  const { id_token: token, refresh_token: refreshToken } = tokens;
  if (token === undefined) throw new Failure(`The identity provider ${issuer} sent no ID token.`);
  return { token, refreshToken };
}

/** Codes come from outside: only what is a code is shown. */
const printable = (code: string): string => (/^[\w.-]{1,64}$/.test(code) ? code : 'no reason was given');
