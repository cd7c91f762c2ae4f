import { request as send, type Dispatcher } from 'undici';
import { isTiphysError, TiphysError } from '@tiphys/model';
import type { HttpFetcher, HttpRequest, HttpResponse } from '@tiphys/ports';
import { readBody } from './body.ts';
import { Dispatchers } from './dispatchers.ts';

export interface ClosableHttpFetcher extends HttpFetcher {
  /** Drops all connections. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Makes the HTTP client of the adapters that read charts and artifacts. See HttpFetcher for its contract. */
export function createHttpFetcher(): ClosableHttpFetcher {
  return new UndiciFetcher();
}

class UndiciFetcher implements ClosableHttpFetcher {
  readonly #dispatchers = new Dispatchers();

  async fetch(request: HttpRequest): Promise<HttpResponse> {
    const controller = new AbortController();
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timer = setTimeout(() => controller.abort('deadline'), timeoutMs);
    const cancel = (): void => controller.abort('canceled');
    request.signal?.addEventListener('abort', cancel);
    if (request.signal?.aborted === true) cancel();
    try {
      return await this.#follow(request, controller.signal);
    } catch (error) {
      throw asTiphysError(error, request, controller.signal.reason, timeoutMs);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    await this.#dispatchers.close();
  }

  async #follow(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    let url = parseUrl(request.url);
    let headers = request.headers ?? {};
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const answer = await this.#send(url, { request, headers, signal });
      const location = answer.headers['location'];
      if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string') {
        return await toResponse(answer, url, request);
      }
      discard(answer);
      if (request.method === 'POST')
        throw new TiphysError('unavailable', `${url.origin} redirects a POST, which is not followed`);
      const next = parseUrl(new URL(location, url).href);
      if (url.protocol === 'https:' && next.protocol === 'http:') {
        throw new TiphysError('unavailable', `${url.origin} redirects to http, which is refused`);
      }
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
    throw new TiphysError('unavailable', `${url.origin} redirects without end`);
  }

  async #send(
    url: URL,
    options: {
      readonly request: HttpRequest;
      readonly headers: Readonly<Record<string, string>>;
      readonly signal: AbortSignal;
    },
  ): Promise<Dispatcher.ResponseData> {
    const { request, headers, signal } = options;
    return send(url, {
      method: request.method ?? 'GET',
      headers: { 'user-agent': 'tiphys', 'accept-encoding': 'gzip, identity', ...headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      dispatcher: this.#dispatchers.for(url, request.access ?? {}),
      signal,
    });
  }
}

/** Ends an answer unread; the error that its stream then emits is our own doing. */
function discard(answer: Dispatcher.ResponseData): void {
  answer.body.on('error', () => undefined);
  answer.body.destroy();
}

async function toResponse(
  answer: Dispatcher.ResponseData,
  url: URL,
  request: HttpRequest,
): Promise<HttpResponse> {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [
      name.toLowerCase(),
      [value ?? ''].flat().join(', '),
    ]),
  );
  const encoding = request.method === 'HEAD' ? undefined : headers['content-encoding'];
  const body = await readBody(answer.body, { maxBytes: request.maxBytes, encoding });
  return { status: answer.statusCode, headers, body, url: url.href };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TiphysError('invalid', 'only http and https addresses can be read');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TiphysError('invalid', `the address of ${url.host} must hold no user and no password`);
  }
  return url;
}

const withoutCredentials = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie|proxy-authorization)$/i.test(name)),
  );

function asTiphysError(
  error: unknown,
  request: HttpRequest,
  reason: unknown,
  timeoutMs: number,
): TiphysError {
  if (isTiphysError(error)) return error;
  const host = URL.canParse(request.url) ? new URL(request.url).host : 'the host';
  if (reason === 'deadline') {
    return new TiphysError('deadline', `${host} did not answer within ${String(timeoutMs / 1000)} s`);
  }
  if (reason === 'canceled') return new TiphysError('canceled', `the request to ${host} was canceled`);
  return new TiphysError('unavailable', `cannot reach ${host}: ${describe(error)}`, { cause: error });
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND') return 'no such host';
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'no connection within 10 s';
  return message === '' ? (code ?? 'unknown reason') : message;
}
