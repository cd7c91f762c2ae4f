import type { Dispatcher } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import { TiphysError } from '@tiphys/model';
import type { KubeConnection } from './connection.ts';
import { tlsOptions } from './tls-options.ts';

/** What a transport needs of undici. */
export interface Dispatchers {
  /** `https://host:port` of the API server. */
  readonly origin: string;
  /** Path in front of all paths, without a trailing slash; mostly empty. */
  readonly basePath: string;
  /** A few connections that all requests share. */
  readonly requests: Dispatcher;
  /** One connection for each watch, as many as there are. */
  readonly watches: Dispatcher;
}

/** The API server closes an idle connection after 90 s; we close before it does. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Opens nothing yet: connections are made by the first request. HTTP/2 is off, since it brought no speed and one
 * broken connection would take all watches with it. Throws `invalid` for an address or settings that make no sense.
 */
export async function makeDispatchers(
  connection: KubeConnection,
  limits: { readonly connections: number; readonly connectTimeoutMs: number },
): Promise<Dispatchers> {
  const { origin, pathname } = serverUrl(connection.server);
  const options = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    allowH2: false,
    connect: await connectorOf(connection, limits.connectTimeoutMs),
  };
  return {
    origin,
    basePath: pathname.replace(/\/$/, ''),
    requests: new Pool(origin, { ...options, connections: limits.connections }),
    watches: new Pool(origin, { ...options, bodyTimeout: 0 }),
  };
}

/** The address is not repeated in the error: it may hold a password. */
function serverUrl(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const known = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === undefined || !known || url.username !== '' || url.password !== '') {
    throw new TiphysError(
      'invalid',
      'the address of the API server must be https:// or http://, without a user or password',
    );
  }
  return url;
}

async function connectorOf(
  { tls, proxyUrl }: KubeConnection,
  timeout: number,
): Promise<ReturnType<typeof buildConnector>> {
  const connect = buildConnector({ ...tlsOptions(tls), timeout, allowH2: false });
  if (proxyUrl === undefined) return connect;
  const { tunnelConnector } = await import('./tunnel.ts');
  return tunnelConnector(proxyUrl, connect, timeout);
}
