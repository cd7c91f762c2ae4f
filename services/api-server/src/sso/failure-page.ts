import type { ServerResponse } from 'node:http';

/** Why a login did not come about. Pages tell only these words, nothing of what a browser or a provider sent. */
export const LOGIN_FAILURES = {
  'bad-return-url': [400, 'The address to return to does not belong to this installation.'],
  'no-login': [400, 'There is no login in progress in this browser, or it took too long.'],
  'state-mismatch': [400, 'The answer belongs to another login.'],
  'provider-refused': [403, 'The identity provider did not log you in.'],
  'user-refused': [403, 'This user may not log in here.'],
  'bad-answer': [400, 'The answer of the identity provider was not accepted.'],
  'provider-away': [502, 'The identity provider cannot be reached right now.'],
  'token-too-long': [500, 'The token of the identity provider is too long for a browser.'],
  failed: [500, 'The login failed; the server log has the reason.'],
} as const satisfies Readonly<Record<string, readonly [status: number, text: string]>>;

export type LoginFailure = keyof typeof LOGIN_FAILURES;

/** Answers with a page that names the failure by its code. */
export function sendFailure(response: ServerResponse, failure: LoginFailure): void {
  const [status, text] = LOGIN_FAILURES[failure];
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  });
  response.end(
    `<!doctype html><html lang="en"><title>Login failed</title><h1>Login failed</h1><p>${text}</p><p><code>${failure}</code></p></html>\n`,
  );
}
