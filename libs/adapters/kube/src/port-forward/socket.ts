import type WebSocket from 'ws';
import { connectionError } from '../api-error.ts';
import type { KubeConnection } from '../connection.ts';
import { impersonationOf } from '../transport.ts';
import { openWebSocket } from '../web-socket.ts';

export interface SocketRequest {
  /** Path and query below the server's address, from `/`. */
  readonly path: string;
  /** Subprotocols, the best one first. */
  readonly protocols: readonly string[];
}

/** Opens a websocket to the API server with the rights of the connection. Errors: as those of other requests. */
export async function openSocket(
  connection: KubeConnection,
  { path, protocols }: SocketRequest,
): Promise<WebSocket> {
  const authorization = await connection.authorizer.header();
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...impersonationOf(connection.impersonate),
  };
  return openWebSocket(connection, { path, protocols, headers }).catch((error: unknown) => {
    throw connectionError(`websocket ${path.split('?')[0] ?? ''}`, connection.server, error);
  });
}
