import type { IncomingMessage } from 'node:http';
import { pathOf } from '@tiphys/adapter-argo-api';
import { baseUrlOf } from './base-url.ts';
import type { SsoSessions } from './sso-sessions.ts';
import type { Sso } from './sso.ts';

/** What a logout is for users of the identity provider. */
export class SsoLogout {
  readonly #sso: Sso;
  readonly #sessions: SsoSessions;

  constructor(parts: { readonly sso: Sso; readonly sessions: SsoSessions }) {
    this.#sso = parts.sso;
    this.#sessions = parts.sessions;
  }

  /** The base URL that the request came through; undefined where none is configured. */
  homeOf(request: IncomingMessage): string | undefined {
    return baseUrlOf({ host: request.headers.host, path: pathOf(request) }, this.#sso.baseUrls);
  }

  /** Forgets a session. Resolves to the provider's logout page, or to `home` where it has none. */
  async end(token: string, home: string): Promise<string> {
    await this.#sessions.end(token);
    const template = this.#sso.settings?.logoutUrl ?? '';
    if (template === '') return home;
    const location = template
      .replaceAll('{{token}}', encodeURIComponent(token))
      .replaceAll('{{logoutRedirectURL}}', encodeURIComponent(home));
    return URL.canParse(location) && /^https?:$/.test(new URL(location).protocol) ? location : home;
  }
}
