import { setTimeout } from 'node:timers/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exitCodes, Failure } from '../program/failure.ts';

export const CALLBACK_PATH = '/auth/callback';
const LOGIN_MS = 5 * 60_000;

export interface Callback {
  /** Resolves to the query that the provider sent the browser back with; fails after five minutes. */
  readonly query: Promise<string>;
  close(): Promise<void>;
}

const PAGES = {
  done: [200, 'You are logged in. You may close this window and go back to the terminal.'],
  failed: [400, 'The login failed; the terminal has the reason. You may close this window.'],
} as const;

/** Waits on the loopback for a browser that comes back with the state of this login; others are sent away. */
export async function waitForCallback(port: number, state: string): Promise<Callback> {
  const server = createServer();
  const arrived = new Promise<string>((resolve) =>
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const query = queryOf(request, state);
      if (query === undefined) return void response.writeHead(404).end();
      answer(response, new URLSearchParams(query).has('error') ? 'failed' : 'done');
      resolve(query);
    }),
  );
  await new Promise<void>((ready, refuse) => {
    server.once('error', (cause) => refuse(portTaken(port, cause)));
    server.listen(port, '127.0.0.1', ready);
  });
  const late = new AbortController();
  const query = Promise.race([arrived, tooLate(late.signal)]);
  query.catch(() => undefined);
  return {
    query,
    close: async () => {
      late.abort();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      await closed;
    },
  };
}

function queryOf(request: IncomingMessage, state: string): string | undefined {
  const [path, query = ''] = (request.url ?? '').split('?');
  const mine = new URLSearchParams(query).get('state') === state;
  return request.method === 'GET' && path === CALLBACK_PATH && mine ? query : undefined;
}

function answer(response: ServerResponse, page: keyof typeof PAGES): void {
  const [status, text] = PAGES[page];
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end(`<!doctype html><html lang="en"><title>tiphys</title><p>${text}</p></html>\n`);
}

const portTaken = (port: number, cause: Error): Failure =>
  new Failure(
    `Nothing can listen on port ${String(port)}, where the browser is to come back: ${cause.message}`,
    {
      exitCode: exitCodes.general,
      hints: ['Choose another with --sso-port; the identity provider must know it.'],
      cause,
    },
  );

async function tooLate(signal: AbortSignal): Promise<never> {
  await setTimeout(LOGIN_MS, undefined, { signal });
  throw new Failure('Nobody logged in within five minutes.', { exitCode: exitCodes.general });
}
