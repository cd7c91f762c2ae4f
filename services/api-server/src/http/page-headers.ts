import type { ServerResponse } from 'node:http';

/** What operators say of the pages of the web UI. */
export interface PageHeaders {
  /** Value of Content-Security-Policy; empty for none. */
  readonly contentSecurityPolicy: string;
  /** Value of X-Frame-Options; empty for none. */
  readonly xFrameOptions: string;
}

/** Sets the headers of a page, in place of those of data. */
export function setPageHeaders(response: ServerResponse, headers: PageHeaders): void {
  response.setHeader('Referrer-Policy', 'same-origin');
  setOrRemove(response, 'Content-Security-Policy', headers.contentSecurityPolicy);
  setOrRemove(response, 'X-Frame-Options', headers.xFrameOptions);
}

function setOrRemove(response: ServerResponse, name: string, value: string): void {
  if (value === '') response.removeHeader(name);
  else response.setHeader(name, value);
}
