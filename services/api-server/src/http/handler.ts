import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { GRPC_WEB, pathOf, sendText } from '@tiphys/adapter-argo-api';
import type { Gateway, GrpcWeb } from '@tiphys/adapter-argo-api';
import type { Logout } from '../session/logout.ts';
import type { SsoFeature } from '../sso/assemble.ts';
import { CALLBACK_PATH } from '../sso/sso-login.ts';
import { TERMINAL_PATH } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { setPageHeaders } from './page-headers.ts';
import type { PageHeaders } from './page-headers.ts';

export interface HttpParts {
  readonly gateway: Gateway;
  readonly grpcWeb: GrpcWeb;
  readonly logout: Logout;
  readonly sso: Pick<SsoFeature, 'sso' | 'login' | 'dex'>;
  readonly terminal: Terminal;
  readonly pages: PageHeaders;
  /** What answers at exactly these paths, before all others. */
  readonly exact: ReadonlyMap<string, RequestListener>;
  /** Names what is not ready; empty means ready. */
  readonly notReady: () => readonly string[];
}

/** Everything that speaks HTTP/1.1 on the port. */
export function httpHandler(parts: HttpParts): RequestListener {
  const { gateway, grpcWeb, logout, sso, terminal, pages, exact, notReady } = parts;
  return (request, response) => {
    const path = pathOf(request);
    if (!path.startsWith('/api/')) setPageHeaders(response, pages);
    const listener = exact.get(path);
    if (listener) listener(request, response);
    else if (request.headers['content-type'] === GRPC_WEB) void grpcWeb.handle(request, response);
    else if (path.startsWith('/') && path.includes('//')) redirect(request, response);
    else if (path.startsWith('/api/dex/') && sso.sso.settings?.kind === 'dex')
      void sso.dex.handle(request, response);
    else if (path.startsWith('/api/')) void gateway.handle(request, response);
    else if (path === '/healthz') sendHealth(response, notReady());
    else if (path === '/auth/login') void sso.login.begin(request, response);
    else if (path === CALLBACK_PATH) void sso.login.finish(request, response);
    else if (path === '/auth/logout') void logout.handle(request, response);
    else if (path === TERMINAL_PATH) void terminal.handle(request, response);
    else sendText(response, 404, '404 page not found');
  };
}

function sendHealth(response: ServerResponse, missing: readonly string[]): void {
  response.writeHead(missing.length === 0 ? 200 : 503, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(missing.length === 0 ? 'ok\n' : `not ready: ${missing.join(', ')}\n`);
}

/** A path with empty segments is sent to the one that it most likely meant, which never is on another host. */
function redirect(request: IncomingMessage, response: ServerResponse): void {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const location = [path.replace(/[/\\]{2,}/g, '/').replaceAll('\\', '%5C'), ...query].join('?');
  response.writeHead(307, { 'Content-Type': 'text/html; charset=utf-8', Location: location });
  const link = location.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  response.end(request.method === 'GET' ? `<a href="${link}">Temporary Redirect</a>.\n\n` : undefined);
  request.resume();
}
