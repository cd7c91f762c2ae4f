import type { Repository } from '@tiphys/model';
import type { AbortSignalLike } from './clock.ts';

/** How a host is reached: trust, client certificate and proxy. Credentials travel in `headers`. */
export type HttpAccess = Pick<
  Repository,
  'caPem' | 'insecure' | 'tlsClientCertData' | 'tlsClientCertKey' | 'proxy' | 'noProxy'
>;

export interface HttpRequest {
  /** http or https, without user info. */
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  /** Of a POST, which follows no redirect. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly access?: HttpAccess;
  /** Bytes of the body after decompression; more is an error `resource-exhausted`. */
  readonly maxBytes: number;
  /** Milliseconds for all of it, redirects included. Default 60 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignalLike;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Address that answered, after redirects. */
  readonly url: string;
}

/**
 * Bounded reads over HTTP, and requests for tokens. Any status is a response; errors are TiphysError `unavailable` (no connection, broken TLS,
 * endless redirects), `deadline`, `resource-exhausted` and `invalid` (an address that is not http or https).
 * A redirect to another origin loses the Authorization header; one from https to http is refused.
 */
export interface HttpFetcher {
  fetch(request: HttpRequest): Promise<HttpResponse>;
}
