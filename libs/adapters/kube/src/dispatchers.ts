import type { Dispatcher, ProxyAgent } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { TiphysError } from '@tiphys/model';
import type { KubeConnection, TlsSettings } from './connection.ts';

/** What a transport needs of undici. */
export interface Dispatchers {
  /** A few connections that all requests share. */
  readonly requests: Dispatcher;
  /** One connection for each watch, as many as there are. */
  readonly watches: Dispatcher;
}

const PROXY_PROTOCOLS = new Set(['http:', 'https:', 'socks5:']);
/** The API server closes an idle connection after 90 s; we close before it does. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Opens nothing yet: connections are made by the first request. HTTP/2 is off, since it brought no speed and one
 * broken connection would take all watches with it. The proxy part is loaded only where a proxy is set.
 */
export async function makeDispatchers(
  connection: KubeConnection,
  limits: { readonly connections: number; readonly connectTimeoutMs: number },
): Promise<Dispatchers> {
  const origin = new URL(connection.server).origin;
  const shared = { keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS };
  const tls = { ...tlsOptions(connection.tls), timeout: limits.connectTimeoutMs };
  if (connection.proxyUrl === undefined) {
    const options = { ...shared, allowH2: false, connect: { ...tls, allowH2: false } };
    return {
      requests: new Pool(origin, { ...options, connections: limits.connections }),
      watches: new Pool(origin, { ...options, bodyTimeout: 0 }),
    };
  }
  return proxied(
    connection.proxyUrl,
    { ...shared, requestTls: { ...tls, allowH2: false }, allowH2: false },
    limits,
  );
}

async function proxied(
  uri: string,
  options: Omit<ProxyAgent.Options, 'uri'>,
  { connections }: { readonly connections: number },
): Promise<Dispatchers> {
  if (!URL.canParse(uri) || !PROXY_PROTOCOLS.has(new URL(uri).protocol)) {
    throw new TiphysError('invalid', 'the proxy URL must be http://, https:// or socks5://');
  }
  const undici = await import('undici');
  return {
    requests: new undici.ProxyAgent({ ...options, uri, connections }),
    watches: new undici.ProxyAgent({ ...options, uri, bodyTimeout: 0 }),
  };
}

function tlsOptions(tls: TlsSettings): Record<string, unknown> {
  if (tls.insecure === true && tls.ca !== undefined) {
    throw new TiphysError(
      'invalid',
      'TLS settings hold an authority and ask to accept any certificate; keep one',
    );
  }
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new TiphysError('invalid', 'TLS settings need both a client certificate and its key, or neither');
  }
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert, key: tls.key }),
    ...(tls.serverName === undefined || tls.serverName === '' ? {} : { servername: tls.serverName }),
    rejectUnauthorized: tls.insecure !== true,
  };
}
