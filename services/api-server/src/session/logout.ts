import type { IncomingMessage, ServerResponse } from 'node:http';
import { TiphysError } from '@tiphys/model';
import { sendText, tokenCookieNames, tokenFromCookies } from '@tiphys/adapter-argo-api';
import type { Logger } from '@tiphys/ports';
import type { Authenticator } from '../auth/authenticate.ts';
import { ISSUER } from '../auth/claims.ts';
import type { SsoLogout } from '../sso/sso-logout.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Revocations } from './revocations.ts';

/** Ends the session of a browser: the token is revoked, its cookies are emptied. */
export class Logout {
  readonly #authenticator: Authenticator;
  readonly #revocations: Revocations;
  readonly #settings: ServerSettings;
  readonly #logger: Logger;
  readonly #sso: SsoLogout;

  constructor(parts: {
    readonly authenticator: Authenticator;
    readonly revocations: Revocations;
    readonly settings: ServerSettings;
    readonly logger: Logger;
    readonly sso: SsoLogout;
  }) {
    this.#authenticator = parts.authenticator;
    this.#revocations = parts.revocations;
    this.#settings = parts.settings;
    this.#logger = parts.logger;
    this.#sso = parts.sso;
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const names = tokenCookieNames(request.headers.cookie);
    if (names.length === 0)
      return sendText(response, 400, 'Failed to retrieve ArgoCD auth token: no cookie is set');
    const home = this.#sso.homeOf(request) || this.#settings.url || '/';
    let location = home;
    try {
      location = await this.#revoke(tokenFromCookies(request.headers.cookie) ?? '', home);
    } catch (error) {
      if (!(error instanceof TiphysError)) this.#logger.error('logout failed', { error });
    }
    response.setHeader(
      'Set-Cookie',
      names.map((name) => `${name}=; Path=/`),
    );
    const body = request.method === 'GET' ? { 'Content-Type': 'text/html; charset=utf-8' } : {};
    response.writeHead(303, { Location: location, ...body });
    response.end(
      request.method === 'GET' ? `<a href="${encodeURI(location)}">See Other</a>.\n\n` : undefined,
    );
  }

  /** A token that is not good any more needs no revocation. Resolves to where the browser goes on. */
  async #revoke(token: string, home: string): Promise<string> {
    const { tokenId, expiresAt, issuer } = await this.#authenticator.verify(token);
    if (expiresAt !== undefined) await this.#revocations.revoke(tokenId, expiresAt);
    return issuer === ISSUER ? home : await this.#sso.end(token, home);
  }
}
