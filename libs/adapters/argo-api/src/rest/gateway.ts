import type { IncomingMessage, ServerResponse } from 'node:http';
import { TiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import { RENEW_TOKEN } from '../calls/calls.ts';
import type { ApiCalls } from '../calls/calls.ts';
import { MAX_STRANGER_MESSAGE } from '../grpc/limits.ts';
import { errorBody, httpStatusOf, statusOf } from '../calls/status.ts';
import { encodeJson, encodeJsonBytes, goText } from '../codec/index.ts';
import { apiSchema } from '../schema/load.ts';
import type { MethodShape } from '../schema/shape.ts';
import { readBody } from './body.ts';
import { TOKEN_COOKIE, tokenCookies } from './cookie.ts';
import type { CookieOptions } from './cookie.ts';
import { parseFields } from './fields.ts';
import type { FieldFilter } from './fields.ts';
import { isLogDownload, sendLog } from './log-download.ts';
import { bodyOf, sendReply, sendText } from './reply.ts';
import type { Body } from './reply.ts';
import { restRequest } from './request.ts';
import { restCall } from './rest-call.ts';
import { Router } from './router.ts';
import type { Match } from './router.ts';
import { isCrossSite } from './same-origin.ts';
import { sendStream } from './stream-reply.ts';

export interface GatewayOptions {
  readonly calls: ApiCalls;
  readonly logger: Logger;
  readonly cookie: CookieOptions;
  /** Default true. */
  readonly gzip?: boolean;
  /** Content types that writes may have. Default `application/json`. */
  readonly contentTypes?: readonly string[];
  /** Bytes of a request body. Default 32 MiB. */
  readonly maxBody?: number;
}

const MAX_BODY = 32 * 1024 * 1024;
const LARGE = 64 * 1024;
const LOGIN = '/session.SessionService/Create';

/** Replies whose `fields` query is heeded, and what stays of them in any case. */
const FILTERED: ReadonlyMap<string, readonly string[]> = new Map([
  ['/application.ApplicationService/List', ['metadata', 'facets']],
  ['/application.ApplicationService/ManagedResources', []],
  ['/application.ApplicationService/Watch', []],
  ['/applicationset.ApplicationSetService/Watch', []],
  ['/project.ProjectService/List', []],
]);

/** REST over the API: every route comes from the descriptors. Handles all paths below `/api/`. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #router = new Router(apiSchema().methods.values());
  readonly #large = new WeakMap<JsonObject, Body>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Answers a request. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      await this.#route(request, response, gone.signal);
    } catch (error) {
      await this.#sendError(request, response, error);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const refused = this.#refusal(request);
    if (refused !== undefined) {
      request.resume();
      sendText(response, ...refused);
      return;
    }
    const [path = '/', search = ''] = splitUrl(request.url ?? '/');
    const found = this.#router.find(request.method ?? 'GET', path);
    switch (found.type) {
      case 'none':
        return sendText(response, 404, 'Not Found', { Vary: 'Accept-Encoding' });
      case 'wrong-verb':
        return sendText(response, 405, 'Method Not Allowed', { Vary: 'Accept-Encoding' });
      case 'match':
        return await this.#call(found.match, {
          request,
          response,
          signal,
          query: new URLSearchParams(search),
        });
    }
  }

  /** What keeps a request out before it is looked at. */
  #refusal(request: IncomingMessage): [status: number, text: string] | undefined {
    if (request.method === 'GET') return undefined;
    const type = (request.headers['content-type'] ?? '').toLowerCase();
    if (!(this.#options.contentTypes ?? ['application/json']).includes(type))
      return [415, 'Invalid content type'];
    const byCookie = request.headers.cookie?.includes(`${TOKEN_COOKIE}=`) ?? false;
    return byCookie && isCrossSite(request) ? [403, 'Cross-site requests are refused'] : undefined;
  }

  async #call(match: Match, exchange: Exchange): Promise<void> {
    const { request, response, query } = exchange;
    const stream = match.method.serverStreams;
    const events = request.headers.accept === 'text/event-stream';
    const always = FILTERED.get(match.method.path);
    const fields = always && parseFields(query.get('fields'), always);
    if (!stream) return await this.#unary(match, exchange, fields);
    const call = restCall(request, exchange.signal);
    const onError = (error: unknown): void => this.#logFault(match.method, error);
    const { calls } = this.#options;
    const body = restRequest(match, query, '');
    async function* messages(): AsyncGenerator<string> {
      for await (const message of calls.stream(match.method, body, call)) {
        yield streamText(match.method, message, fields);
      }
    }
    if (isLogDownload(match.method, query))
      return await sendLog(response, { asked: body, entries: calls.stream(match.method, body, call) });
    await sendStream(response, { events, headers: {}, messages: messages(), onError });
  }

  async #unary(match: Match, exchange: Exchange, fields: FieldFilter | undefined): Promise<void> {
    const { request, response, query } = exchange;
    const { method } = match;
    const call = restCall(request, exchange.signal);
    let result: JsonObject;
    try {
      await this.#options.calls.admit(method, call);
      const body = (await readBody(request, this.#bodyLimit(method))).toString('utf8');
      result = method.clientStreams
        ? await this.#options.calls.upload(method, nothing(), call)
        : await this.#options.calls.unary(method, restRequest(match, query, body), call);
    } catch (error) {
      this.#logFault(method, error);
      throw error;
    }
    await sendReply(request, response, {
      status: 200,
      headers: {
        'Content-Type': 'application/json',
        'Grpc-Metadata-Content-Type': 'application/grpc',
        Vary: 'Accept-Encoding',
        ...this.#cookies(method, result, call.headers),
      },
      body: fields ? bodyOf(filtered(method, result, fields)) : this.#body(method, result),
      gzip: this.#options.gzip ?? true,
    });
  }

  #bodyLimit(method: MethodShape): number {
    const { calls, maxBody = MAX_BODY } = this.#options;
    return calls.isOpen(method) ? MAX_STRANGER_MESSAGE : maxBody;
  }

  /** Large replies that a handler gives again are kept as bytes as long as the handler keeps them. */
  #body(method: MethodShape, result: JsonObject): Body {
    const known = this.#large.get(result);
    if (known) return known;
    const body: Body = { plain: encodeJsonBytes(method.response, result) };
    if (body.plain.length >= LARGE) this.#large.set(result, body);
    return body;
  }

  #cookies(
    method: MethodShape,
    result: JsonObject,
    headers: ReadonlyMap<string, string>,
  ): Readonly<Record<string, readonly string[]>> {
    const login = method.path === LOGIN ? result['token'] : undefined;
    const token = typeof login === 'string' && login !== '' ? login : headers.get(RENEW_TOKEN);
    return token === undefined ? {} : { 'Set-Cookie': tokenCookies(token, this.#options.cookie) };
  }

  async #sendError(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
    if (response.headersSent || response.destroyed) return;
    const status = statusOf(error);
    if (!request.complete) response.setHeader('Connection', 'close');
    await sendReply(request, response, {
      status: httpStatusOf(status.code),
      headers: { 'Content-Type': 'application/json', Vary: 'Accept-Encoding' },
      body: bodyOf(goText(errorBody(status))),
      gzip: this.#options.gzip ?? true,
    });
  }

  /** Errors with a code are answers; what has none is a fault of ours and goes to the log. */
  #logFault(method: MethodShape, error: unknown): void {
    if (error instanceof TiphysError) return;
    this.#options.logger.error('call failed', { method: method.path, error });
  }
}

/** Streams of messages have no form in JSON: over REST they are always empty. */
async function* nothing(): AsyncGenerator<JsonObject> {}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly query: URLSearchParams;
}

function splitUrl(url: string): readonly [path: string, search: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** What a selection names is taken from the object itself; what it leaves out, from the whole JSON. */
const filtered = (method: MethodShape, result: JsonObject, fields: FieldFilter): string =>
  goText(
    fields.apply(fields.keeps ? result : (JSON.parse(encodeJson(method.response, result)) as JsonObject)),
  );

/** The selection of a stream starts at `result`. */
function streamText(method: MethodShape, message: JsonObject, fields: FieldFilter | undefined): string {
  if (!fields) return encodeJson(method.response, message);
  const result = fields.keeps ? message : (JSON.parse(encodeJson(method.response, message)) as JsonObject);
  return goText(fields.apply({ result })['result'] ?? {});
}
