import { z } from 'zod';
import { TiphysError, type Repository } from '@tiphys/model';
import type { HttpAccess, HttpFetcher } from '@tiphys/ports';

/** A token and when it ends. */
export interface Token {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface TokenRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** A form. */
  readonly form?: Readonly<Record<string, string>>;
}

const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 15_000;

/**
 * Asks a service for a token. What it answers is told by its status alone: a body may quote what was sent. Errors:
 * `invalid` for addresses that are not https (but of this machine), `unauthenticated` where the login is refused.
 */
export async function askFor<S extends z.ZodType>(
  http: HttpFetcher,
  repository: Repository,
  { request, schema }: { readonly request: TokenRequest; readonly schema: S },
): Promise<z.infer<S>> {
  const url = checkedUrl(request.url);
  const { form, headers = {}, method = form === undefined ? 'GET' : 'POST' } = request;
  const response = await http.fetch({
    url: url.href,
    method,
    headers: {
      accept: 'application/json',
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(method === 'POST' ? { body: form === undefined ? '' : new URLSearchParams(form).toString() } : {}),
    access: accessTo(url, repository),
    maxBytes: MAX_BYTES,
    timeoutMs: TIMEOUT_MS,
  });
  if (response.status >= 300) throw refusal(response.status, url);
  const parsed = schema.safeParse(jsonIn(response.body));
  if (parsed.success) return parsed.data;
  throw new TiphysError('unavailable', `${url.host} answered without a token`);
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname));
  if (url !== undefined && isSafe && url.username === '' && url.password === '') return url;
  throw new TiphysError(
    'invalid',
    'the address that gives tokens must begin with https:// and hold no login',
  );
}

/** What is trusted of the repository's own host is trusted of no other. */
function accessTo(url: URL, { caPem, insecure, proxy, noProxy, url: own }: Repository): HttpAccess {
  const isSameHost = URL.canParse(own) && new URL(own).hostname === url.hostname;
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
    ...(isSameHost && caPem !== undefined ? { caPem } : {}),
    ...(isSameHost && insecure !== undefined ? { insecure } : {}),
  };
}

function refusal(status: number, { host }: URL): TiphysError {
  const reason = `${host} gives no token: it answered with status ${String(status)}`;
  return status >= 400 && status < 500 && status !== 429
    ? new TiphysError('unauthenticated', `authentication required: ${reason}`)
    : new TiphysError('unavailable', reason);
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What token services of OAuth 2 answer. */
export const accessTokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
});

const DEFAULT_LIFETIME_S = 600;

/** The token of such an answer. */
export const tokenOf = (answer: z.infer<typeof accessTokenSchema>, now: number): Token => ({
  token: answer.access_token,
  until: now + (answer.expires_in ?? DEFAULT_LIFETIME_S) * 1_000,
});
