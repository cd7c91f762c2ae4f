import { STATUS_CODES, createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { dataHeaders, setDataHeaders } from '../rest/answer-headers.ts';

/** Longer than the idle time of common proxies, so that they and not the server close. */
const KEEP_ALIVE_MS = 120_000;
/** A token in cookies takes up to 20 of 4 KiB each. */
const MAX_HEADER_BYTES = 128 * 1024;

/** How long a client may take. */
export interface HttpLimits {
  /** For the headers of a request. Default 15 s. */
  readonly headersTimeoutMs?: number;
  /** For a whole request. Default 120 s. */
  readonly requestTimeoutMs?: number;
  /** How often the above are looked at. Default 5 s. */
  readonly checkEveryMs?: number;
}

/** Takes over a connection that asks for another protocol. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface Upgrades {
  /** The paths that are taken over; elsewhere such a request is an ordinary one. */
  readonly path: string;
  readonly listener: UpgradeListener;
}

/** An HTTP/1.1 server that listens nowhere: connections are handed to it. It gives up on clients that are slow. */
export function createInjectedServer(
  listener: RequestListener,
  options: {
    readonly limits: HttpLimits;
    readonly tls: boolean;
    readonly upgrades?: Upgrades | undefined;
    /** Told what the listener throws; the connection is ended. */
    readonly onFault: (error: unknown) => void;
  },
): Server {
  const { limits, tls, upgrades } = options;
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersTimeoutMs ?? 15_000,
      requestTimeout: limits.requestTimeoutMs ?? 120_000,
      connectionsCheckingInterval: limits.checkEveryMs ?? 5_000,
      shouldUpgradeCallback: (request) => upgrades !== undefined && pathOf(request) === upgrades.path,
    },
    (request, response) => {
      setDataHeaders(response, tls);
      try {
        listener(request, response);
      } catch (error) {
        options.onFault(error);
        response.destroy();
      }
    },
  );
  if (upgrades) server.on('upgrade', upgrades.listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error, socket, tls));
  // Node begins to look for slow clients when a server listens; this one never does, but has clients.
  server.emit('listening');
  return server;
}

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what is no HTTP, or comes too slowly, and ends the connection. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex, tls: boolean): void {
  const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage;
  if (!socket.writable || answering?.headersSent === true) {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  const headers = { ...dataHeaders(tls), Connection: 'close', 'Content-Length': '0' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', ''].join('\r\n'));
  socket.once('finish', () => socket.destroy());
}

export const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?')[0] ?? '/';

/** Answers plaintext HTTP where TLS is served: the same address, over https. */
export function redirectToHttps(request: IncomingMessage, response: ServerResponse): void {
  const target = `https://${request.headers.host ?? ''}${request.url ?? '/'}`;
  const link = target.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  response.writeHead(307, {
    ...(isRead ? { 'Content-Type': 'text/html; charset=utf-8' } : {}),
    Location: target,
    Connection: 'close',
  });
  response.end(request.method === 'GET' ? `<a href="${link}">Temporary Redirect</a>.\n\n` : undefined);
  request.resume();
}
