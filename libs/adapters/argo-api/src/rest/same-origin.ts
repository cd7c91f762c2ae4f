import type { IncomingMessage } from 'node:http';

/**
 * True where a browser sent the request on behalf of another site. Cookies with SameSite=lax still travel from
 * sibling subdomains, so the fetch metadata is asked as well, and the Origin where a browser sends none.
 */
export function isCrossSite(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = request.headers.origin;
  if (origin === undefined || origin === 'null') return origin === 'null';
  const host = request.headers['x-forwarded-host'] ?? request.headers.host;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
