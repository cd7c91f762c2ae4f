import type { IncomingMessage, ServerResponse } from 'node:http';
import { TiphysError } from '@tiphys/model';
import { sendText, tokenCookieNames, tokenFromCookies } from '@tiphys/adapter-argo-api';
import type { Logger } from '@tiphys/ports';
import type { Authenticator } from '../auth/authenticate.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Revocations } from './revocations.ts';

/** Ends the session of a browser: the token is revoked, its cookies are emptied. */
export class Logout {
  readonly #authenticator: Authenticator;
  readonly #revocations: Revocations;
  readonly #settings: ServerSettings;
  readonly #logger: Logger;

  constructor(parts: {
    readonly authenticator: Authenticator;
    readonly revocations: Revocations;
    readonly settings: ServerSettings;
    readonly logger: Logger;
  }) {
    this.#authenticator = parts.authenticator;
    this.#revocations = parts.revocations;
    this.#settings = parts.settings;
    this.#logger = parts.logger;
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const names = tokenCookieNames(request.headers.cookie);
    if (names.length === 0)
      return sendText(response, 400, 'Failed to retrieve ArgoCD auth token: no cookie is set');
    try {
      await this.#revoke(tokenFromCookies(request.headers.cookie) ?? '');
    } catch (error) {
      if (!(error instanceof TiphysError)) this.#logger.error('logout failed', { error });
    }
    const location = this.#settings.url === '' ? '/' : this.#settings.url;
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

  /** A token that is not good any more needs no revocation. */
  async #revoke(token: string): Promise<void> {
    const { tokenId, expiresAt } = await this.#authenticator.verify(token);
    if (expiresAt !== undefined) await this.#revocations.revoke(tokenId, expiresAt);
  }
}
