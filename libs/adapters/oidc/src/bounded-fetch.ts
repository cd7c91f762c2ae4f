import { rootCertificates } from 'node:tls';
import { TiphysError } from '@tiphys/model';
import type { IdentityProviderSettings } from '@tiphys/ports';
import type { CustomFetch } from 'openid-client';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';

/** Longest answer of a provider, bytes; keys and claims are far smaller. */
const MAX_ANSWER = 1024 * 1024;
const DEADLINE_MS = 10_000;

/** Connections to one provider. Its settings of TLS are nobody else's. */
export function dispatcherFor(settings: IdentityProviderSettings): Dispatcher {
  const { rootCa, skipTlsVerification } = settings;
  const tls = {
    rejectUnauthorized: skipTlsVerification !== true,
    ...(rootCa === undefined ? {} : { ca: [...rootCertificates, rootCa] }),
  };
  return new EnvHttpProxyAgent({ connect: { ...tls, timeout: DEADLINE_MS }, requestTls: tls });
}

/**
 * Asks a provider: within a deadline, a limited answer, and never further than the URL says (a redirect is an answer like
 * any other). With `reachedAt` only what lies below the issuer is asked, at that address.
 */
export function boundedFetch(dispatcher: Dispatcher, settings: IdentityProviderSettings): CustomFetch {
  return async (url, { method, headers, body }) => {
    const answer = await request(addressOf(url, settings), {
      dispatcher,
      method: method,
      headers,
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body === undefined || body === null ? {} : { body: textOf(body) }),
    });
    const text = await readAll(answer.body);
    const kept = ['content-type', 'www-authenticate', 'location'].flatMap((name) => {
      const value = answer.headers[name];
      return typeof value === 'string' ? [[name, value] as [string, string]] : [];
    });
    const empty = answer.statusCode === 204 || answer.statusCode === 304;
    return new Response(empty ? null : text, { status: answer.statusCode, headers: kept });
  };
}

function addressOf(url: string, { issuer, reachedAt }: IdentityProviderSettings): string {
  if (reachedAt === undefined) return url;
  if (!url.startsWith(`${issuer}/`))
    throw new TiphysError('unavailable', 'the provider names an address that is not its own');
  const { pathname, search } = new URL(url);
  return `${new URL(reachedAt).origin}${pathname}${search}`;
}

async function readAll(body: Dispatcher.ResponseData['body']): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER)
      throw new TiphysError('unavailable', `the answer is longer than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textOf(body: NonNullable<Parameters<CustomFetch>[1]['body']>): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('requests to a provider are forms');
}
