import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText, tokenCookies } from '@tiphys/adapter-argo-api';
import type { CookieOptions } from '@tiphys/adapter-argo-api';
import { TiphysError, isTiphysError, messageOf } from '@tiphys/model';
import type { Clock, Counters, IdentityProvider, IssuedTokens, Logger } from '@tiphys/ports';
import type { SsoSettings } from '@tiphys/settings';
import type { ServerSettings } from '../settings/server-settings.ts';
import { baseUrlOf, returnUrl } from './base-url.ts';
import { sendFailure } from './failure-page.ts';
import type { LoginFailure } from './failure-page.ts';
import {
  STATE_COOKIE,
  STATE_SECONDS,
  challengeOf,
  isSameState,
  newLogin,
  openLogin,
  sealLogin,
} from './login-state.ts';
import type { LoginState } from './login-state.ts';
import { digestOf } from './session-vault.ts';
import type { SsoSessions } from './sso-sessions.ts';
import type { SsoTokens } from './sso-tokens.ts';
import type { Sso } from './sso.ts';

export const CALLBACK_PATH = '/auth/callback';

export interface SsoLoginParts {
  readonly sso: Sso;
  readonly tokens: SsoTokens;
  readonly sessions: SsoSessions;
  readonly settings: ServerSettings;
  readonly counters: Counters;
  /** Stands in while the shared counters are away. */
  readonly localCounters: Counters;
  readonly cookie: CookieOptions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Logs browsers in by the code flow, with PKCE, a state and a nonce that only this browser holds. */
export class SsoLogin {
  readonly #parts: SsoLoginParts;

  constructor(parts: SsoLoginParts) {
    this.#parts = parts;
  }

  /** `/auth/login`: sends the browser to the provider. Never rejects. */
  async begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#answer(request, response, async (settings, provider) => {
      const bases = this.#parts.sso.baseUrls;
      const { path, query } = urlOf(request);
      const base = baseUrlOf({ host: request.headers.host, path }, bases) ?? '';
      const wanted = query.get('return_url') ?? '';
      const to = wanted === '' ? base : returnUrl(wanted, bases);
      if (to === undefined) throw new Refusal('bad-return-url');
      const login = newLogin({ base, returnUrl: to }, this.#parts.clock.now());
      const location = await provider.authorizationUrl({
        redirectUri: `${base}${CALLBACK_PATH}`,
        scopes: await scopesOf(settings, provider),
        state: login.state,
        nonce: login.nonce,
        codeChallenge: challengeOf(login),
        parameters: parametersOf(settings),
      });
      const sealed = sealLogin(login, this.#parts.settings.signatureKey);
      redirect(response, location, [this.#stateCookie(sealed, STATE_SECONDS)]);
    });
  }

  /** `/auth/callback`: takes the provider's answer and begins the session. Never rejects. */
  async finish(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#answer(request, response, async (settings, provider) => {
      response.setHeader('Set-Cookie', this.#stateCookie('', 0));
      const { query, search } = urlOf(request);
      const login = await this.#begun(request, query);
      if (query.has('error')) throw new Refusal('provider-refused');
      const callback = `${login.base}${CALLBACK_PATH}${search}`;
      const { state, nonce, codeVerifier } = login;
      const issued = await provider.redeem({ callback, state, nonce, codeVerifier });
      await this.#parts.sessions.begin(issued, settings);
      await this.#checkUser(issued);
      const cookies = cookiesOf(issued, this.#parts.cookie);
      redirect(response, login.returnUrl, [...cookies, this.#stateCookie('', 0)]);
    });
  }

  /** The login that this browser began. Each counts once, whoever brings its cookie back. */
  async #begun(request: IncomingMessage, query: URLSearchParams): Promise<LoginState> {
    const { settings, clock } = this.#parts;
    const cookie = cookieIn(request.headers.cookie, STATE_COOKIE);
    const login = cookie && openLogin(cookie, settings.signatureKey, clock.now());
    if (login === undefined || login === '') throw new Refusal('no-login');
    if (!isSameState(login, query.get('state') ?? '')) throw new Refusal('state-mismatch');
    if ((await this.#uses(login)) > 1) throw new Refusal('no-login');
    return login;
  }

  async #uses({ state }: LoginState): Promise<number> {
    const { counters, localCounters, logger } = this.#parts;
    const key = `sso-login|${digestOf(state)}`;
    const here = localCounters.increment(key, STATE_SECONDS * 1_000);
    try {
      return (await counters.increment(key, STATE_SECONDS * 1_000)).count;
    } catch (error) {
      logger.warn('uses of a login are counted by this replica alone', { error });
      return (await here).count;
    }
  }

  async #checkUser({ idToken }: IssuedTokens): Promise<void> {
    try {
      await this.#parts.tokens.verify(idToken);
    } catch (error) {
      if (isTiphysError(error) && error.code === 'unauthenticated') throw new Refusal('user-refused', error);
      throw error;
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    serve: (settings: SsoSettings, provider: IdentityProvider) => Promise<void>,
  ): Promise<void> {
    request.resume();
    try {
      const { settings, provider } = this.#parts.sso;
      if (settings === undefined || provider === undefined)
        return sendText(response, 404, '404 page not found');
      if (request.method !== 'GET') return sendText(response, 405, 'Method Not Allowed', { Allow: 'GET' });
      await serve(settings, provider);
    } catch (error) {
      const failure = failureOf(error);
      this.#parts.logger.warn('a login by the identity provider failed', {
        failure,
        reason: reasonOf(error),
      });
      if (!response.headersSent) sendFailure(response, failure);
    }
  }

  #stateCookie(value: string, seconds: number): string {
    const { path, secure } = this.#parts.cookie;
    return `${STATE_COOKIE}=${value}; path=${path}; Max-Age=${seconds}; SameSite=lax; httpOnly${secure ? '; Secure' : ''}`;
  }
}

/** A login that ends with a page of its own. */
class Refusal extends Error {
  readonly failure: LoginFailure;

  constructor(failure: LoginFailure, cause?: unknown) {
    super(failure, { cause });
    this.failure = failure;
  }
}

function failureOf(error: unknown): LoginFailure {
  if (error instanceof Refusal) return error.failure;
  if (!isTiphysError(error)) return 'failed';
  if (error.code === 'unauthenticated') return 'bad-answer';
  return error.code === 'unavailable' ? 'provider-away' : 'failed';
}

/** What went wrong, for the log: texts of this program only, for the provider's may hold anything. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Refusal ? error : { cause: error };
  return cause === undefined ? '' : messageOf(cause);
}

async function scopesOf(settings: SsoSettings, provider: IdentityProvider): Promise<readonly string[]> {
  const { scopes, refreshThresholdText } = settings;
  if (refreshThresholdText === '' || scopes.includes('offline_access')) return scopes;
  return (await provider.offersOfflineAccess()) ? [...scopes, 'offline_access'] : scopes;
}

function parametersOf({
  idTokenClaims,
  domainHint,
  scopes,
  refreshThresholdText,
}: SsoSettings): Record<string, string> {
  const claims =
    Object.keys(idTokenClaims).length === 0 ? undefined : JSON.stringify({ id_token: idTokenClaims });
  const offline = refreshThresholdText !== '' || scopes.includes('offline_access');
  return {
    ...(claims === undefined ? {} : { claims }),
    ...(domainHint === '' ? {} : { domain_hint: domainHint }),
    ...(offline ? { prompt: 'consent' } : {}),
  };
}

function cookiesOf({ idToken }: IssuedTokens, options: CookieOptions): readonly string[] {
  try {
    return tokenCookies(idToken, options);
  } catch (error) {
    if (error instanceof TiphysError) throw new Refusal('token-too-long', error);
    throw error;
  }
}

function redirect(response: ServerResponse, location: string, cookies: readonly string[]): void {
  response.setHeader('Set-Cookie', [...cookies]);
  response.writeHead(303, {
    Location: location,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  });
  response.end();
}

function urlOf(request: IncomingMessage): { path: string; search: string; query: URLSearchParams } {
  const [path = '/', ...rest] = (request.url ?? '/').split('?');
  const search = rest.length === 0 ? '' : `?${rest.join('?')}`;
  return { path, search, query: new URLSearchParams(search) };
}

/** The first cookie of that name. */
function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
