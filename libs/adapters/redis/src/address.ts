import { TiphysError } from '@tiphys/model';

/** Where Redis is and how to log in. Plain data, so that the cache and the queue can share it. */
export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  readonly db?: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTls;
}

export interface RedisTls {
  /** PEM; the system's roots when absent. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name to check the certificate against; the host when absent. */
  readonly serverName?: string;
}

/**
 * Reads `host`, `host:port`, `[v6]:port`, `redis://user:pass@host:port/db` or `rediss://…` (TLS).
 * The port defaults to 6379, the database to 0.
 */
export function parseRedisAddress(address: string): RedisEndpoint {
  const url = toUrl(address);
  const db = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(db)) throw invalid('the database after the slash is not a number');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    ...(db === '' ? {} : { db: Number(db) }),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

function toUrl(address: string): URL {
  const withScheme = address.includes('://') ? address : `redis://${address}`;
  if (!URL.canParse(withScheme)) throw invalid('it cannot be read');
  const url = new URL(withScheme);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw invalid('the scheme is unknown');
  if (url.hostname === '') throw invalid('the host is missing');
  return url;
}

/** The address itself stays out of the message: it may carry a password. */
const invalid = (why: string): TiphysError =>
  new TiphysError(
    'invalid',
    `the Redis address is not usable: ${why}; give host:port or redis://host:port/db`,
  );
