import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import WebSocket from 'ws';
import type { ClientOptions } from 'ws';
import { refusalError } from './api-error.ts';
import type { KubeConnection } from './connection.ts';
import { tlsOptions } from './tls-options.ts';
import { openTunnel, proxyOf } from './tunnel.ts';

const HANDSHAKE_MS = 30_000;
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 64 * 1024;

export interface WebSocketRequest {
  /** Path and query below the server's address, from `/`. */
  readonly path: string;
  readonly protocols: readonly string[];
  /** Several values of a header are sent as several headers. */
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/**
 * Opens a websocket to an API server, through its proxy where there is one. Redirects are not followed.
 * Rejects with the TiphysError of the refusal, or the error of the connection.
 */
export function openWebSocket(connection: KubeConnection, request: WebSocketRequest): Promise<WebSocket> {
  const url = `${connection.server.replace(/^http/, 'ws')}${request.path}`;
  const options: ClientOptions = {
    ...tlsOptions(connection.tls),
    headers: { ...request.headers } as NonNullable<ClientOptions['headers']>,
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    ...(connection.proxyUrl === undefined ? {} : throughProxy(connection, connection.proxyUrl)),
  };
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [...request.protocols], options);
    socket.once('open', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', reject);
    socket.once('unexpected-response', (sent, response) => {
      void readStart(response).then((body) => {
        sent.destroy();
        const name = `websocket ${request.path.split('?', 1)[0]}`;
        reject(refusalError({ httpStatus: response.statusCode ?? 0, body, request: name }));
      });
    });
  });
}

/** A connection that an HTTP proxy opened for us, secured from end to end. */
function throughProxy(connection: KubeConnection, proxyUrl: string): ClientOptions {
  const proxy = proxyOf(proxyUrl);
  const { hostname, port, protocol } = new URL(connection.server);
  const secure = protocol === 'https:';
  const target = `${hostname}:${port || (secure ? '443' : '80')}`;
  type Created = (error: Error | null, socket?: Socket) => void;
  const createConnection = (_options: unknown, created: Created): undefined => {
    openTunnel(proxy, target, HANDSHAKE_MS).then(
      (socket) =>
        created(
          null,
          secure ? connectTls({ servername: hostname, ...tlsOptions(connection.tls), socket }) : socket,
        ),
      (error: unknown) => created(error instanceof Error ? error : new Error(String(error))),
    );
  };
  return { createConnection: createConnection as unknown as NonNullable<ClientOptions['createConnection']> };
}

/** The first part of an answer, as text. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The answer broke off: its status tells enough.
  }
  return Buffer.concat(chunks).toString('utf8');
}
