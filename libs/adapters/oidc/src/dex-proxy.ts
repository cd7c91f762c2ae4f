import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';
import type { Logger } from '@tiphys/ports';
import { Agent, request as send } from 'undici';

const MAX_REQUEST = 1024 * 1024;
const MAX_ANSWER = 10 * 1024 * 1024;
const DEADLINE_MS = 30_000;
/** Requests on their way at once. */
const MAX_RUNNING = 100;
const OWN_COOKIE = /^argocd\./;

/** What Dex needs to know of a request; the rest stays here. */
const PASSED = [
  ...['accept', 'accept-language', 'authorization', 'content-type', 'if-none-match', 'origin', 'referer'],
  'user-agent',
];
const DROPPED: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  'content-length',
]);

export interface DexProxyOptions {
  /** Where Dex is, with its scheme. */
  readonly url: string;
  /** How its certificate is checked. */
  readonly trust: DexTrust;
  /** Where a browser is sent when Dex fails. */
  readonly onFailure: string;
  /** True where plain HTTP is what clients speak to this server. */
  readonly plaintext: boolean;
  readonly logger: Logger;
}

/** By authorities (those of the system and `authority`), or not at all. */
export type DexTrust = { readonly check: true; readonly authority?: string } | { readonly check: false };

/** Hands requests below `/api/dex/` to Dex, within limits. The session of this server stays out of it. */
export class DexProxy {
  readonly #options: DexProxyOptions;
  readonly #agent: Agent;
  #running = 0;

  constructor(options: DexProxyOptions) {
    this.#options = options;
    const { trust } = options;
    const ca =
      trust.check && trust.authority !== undefined ? { ca: [...rootCertificates, trust.authority] } : {};
    this.#agent = new Agent({
      connect: { rejectUnauthorized: trust.check, timeout: DEADLINE_MS, ...ca },
      headersTimeout: DEADLINE_MS,
      bodyTimeout: DEADLINE_MS,
    });
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    if (climbs(url)) return fail(request, response, 404);
    if (Number(request.headers['content-length'] ?? 0) > MAX_REQUEST) return fail(request, response, 413);
    if (this.#running >= MAX_RUNNING) return fail(request, response, 503);
    this.#running++;
    try {
      await this.#pass(request, response, url);
    } catch (error) {
      this.#options.logger.warn('Dex did not answer', { error });
      if (response.headersSent) response.destroy();
      else fail(request, response, 502);
    } finally {
      this.#running--;
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #pass(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const { method = 'GET' } = request;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    if (!hasBody) request.resume();
    const answer = await send(`${new URL(this.#options.url).origin}${url}`, {
      dispatcher: this.#agent,
      method: method,
      headers: this.#headersOf(request),
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(hasBody ? { body: request.pipe(new Limit(MAX_REQUEST)) } : {}),
    });
    if (answer.statusCode === 500) {
      await answer.body.dump();
      response.writeHead(303, { Location: this.#options.onFailure });
      response.end();
      return;
    }
    response.writeHead(answer.statusCode, kept(answer.headers));
    await pipeline(answer.body, new Limit(MAX_ANSWER), response);
  }

  #headersOf(request: IncomingMessage): Record<string, string> {
    const { headers } = request;
    const passed = PASSED.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const cookie = othersCookies(headers.cookie);
    return {
      ...Object.fromEntries(passed),
      ...(cookie === '' ? {} : { cookie }),
      ...(headers.host === undefined ? {} : { host: headers.host, 'x-forwarded-host': headers.host }),
      'x-forwarded-proto': this.#options.plaintext ? 'http' : 'https',
      'x-forwarded-for': request.socket.remoteAddress ?? '',
    };
  }
}

/** Cuts a stream that grows past its limit. */
class Limit extends Transform {
  #left: number;

  constructor(bytes: number) {
    super();
    this.#left = bytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#left -= chunk.length;
    if (this.#left < 0) done(new Error('the body is longer than the proxy lets through'));
    else done(null, chunk);
  }
}

/** True for a path that some server might take for one outside the prefix. */
function climbs(url: string): boolean {
  const path = (url.split('?')[0] ?? '').replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
  return path.split('/').some((segment) => segment === '..' || segment === '.');
}

const othersCookies = (header = ''): string =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !OWN_COOKIE.test(pair))
    .join('; ');

function kept(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || DROPPED.has(name)) continue;
    result[name] = name === 'set-cookie' ? [value].flat().filter((one) => !OWN_COOKIE.test(one)) : value;
  }
  return result;
}

function fail(request: IncomingMessage, response: ServerResponse, status: number): void {
  request.resume();
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end();
}
