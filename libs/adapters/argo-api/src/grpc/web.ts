import type { IncomingMessage, ServerResponse } from 'node:http';
import { TiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import type { ApiCalls, Call } from '../calls/calls.ts';
import { readRequest } from '../calls/request.ts';
import { statusOf } from '../calls/status.ts';
import { encodeProto } from '../codec/index.ts';
import { apiSchema } from '../schema/load.ts';
import type { MethodShape } from '../schema/shape.ts';
import { readBody } from '../rest/body.ts';
import { drained } from '../rest/drained.ts';
import { firstMessage, frame, messagesIn, timeoutMs } from './frames.ts';
import { MAX_STRANGER_MESSAGE } from './limits.ts';

export const GRPC_WEB = 'application/grpc-web+proto';
const MAX_MESSAGE = 200 * 1024 * 1024;
const TRAILER = 0x80;
const EXPOSED = 'Content-Type, Vary, Date, Grpc-Status, Grpc-Message, grpc-status, grpc-message';

/**
 * gRPC-web over HTTP/1.1, straight onto the API. An error before the first message travels in the HTTP headers
 * `Grpc-Status` and `Grpc-Message` with no frames, where clients of this API look for it.
 */
export class GrpcWeb {
  readonly #calls: ApiCalls;
  readonly #logger: Logger;

  constructor(calls: ApiCalls, logger: Logger) {
    this.#calls = calls;
    this.#logger = logger;
  }

  /** Answers a request whose content type is `application/grpc-web+proto`. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = webCall(request, response);
    response.setHeader('Access-Control-Expose-Headers', EXPOSED);
    response.setHeader('Vary', 'Origin');
    response.setHeader('Content-Type', GRPC_WEB);
    try {
      await this.#serve(request, response, call);
    } catch (error) {
      if (!(error instanceof TiphysError)) this.#logger.error('call failed', { method: request.url, error });
      if (response.destroyed) return;
      if (!request.complete) response.setHeader('Connection', 'close');
      sendFailure(response, error);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse, call: Call): Promise<void> {
    const method = methodOf(request.url ?? '/');
    await this.#calls.admit(method, call);
    const limit = this.#calls.isOpen(method) ? MAX_STRANGER_MESSAGE : MAX_MESSAGE;
    const body = await readBody(request, limit);
    if (method.clientStreams) {
      const reply = await this.#calls.upload(method, requestsIn(method, body), call);
      response.write(frame(0, encodeProto(method.response, reply)));
      response.end(frame(TRAILER, Buffer.from('grpc-status: 0\r\n')));
      return;
    }
    const message = readRequest(method, firstMessage(body));
    if (method.serverStreams) {
      for await (const reply of this.#calls.stream(method, message, call)) {
        if (response.destroyed) return;
        if (!response.write(frame(0, encodeProto(method.response, reply)))) await drained(response);
      }
    } else {
      const reply = await this.#calls.unary(method, message, call);
      response.write(frame(0, encodeProto(method.response, reply)));
    }
    response.end(frame(TRAILER, Buffer.from('grpc-status: 0\r\n')));
  }
}

async function* requestsIn(method: MethodShape, body: Buffer): AsyncGenerator<JsonObject> {
  for (const message of messagesIn(body)) yield await Promise.resolve(readRequest(method, message));
}

function methodOf(url: string): MethodShape {
  const path = url.split('?')[0] ?? '';
  const { methods } = apiSchema();
  const method = methods.get(path);
  if (method) return method;
  const [service = '', name = ''] = path.slice(1).split('/');
  const known = [...methods.values()].some((each) => each.service === service);
  throw new TiphysError(
    'unimplemented',
    known ? `unknown method ${name} for service ${service}` : `unknown service ${service}`,
  );
}

function sendFailure(response: ServerResponse, error: unknown): void {
  const { code, message } = statusOf(error);
  const text = encodeURIComponent(message).replace(
    /%(20|2[1-9A-CEF]|3[A-F]|40|5[B-F]|60|7[B-E])/g,
    (escape) => decodeURIComponent(escape),
  );
  if (response.headersSent) {
    response.end(frame(TRAILER, Buffer.from(`grpc-status: ${code}\r\ngrpc-message: ${text}\r\n`)));
    return;
  }
  response.writeHead(200, { 'Grpc-Status': String(code), 'Grpc-Message': text });
  response.end();
}

function webCall(request: IncomingMessage, response: ServerResponse): Call {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const limit = timeoutMs(request.headers['grpc-timeout']);
  const signal =
    limit === undefined ? gone.signal : AbortSignal.any([gone.signal, AbortSignal.timeout(limit)]);
  return {
    transport: 'grpc-web',
    peer: request.socket.remoteAddress ?? '',
    signal,
    metadata: (key) => {
      const value = request.headers[key];
      return Array.isArray(value) ? value[0] : value;
    },
    setHeader: (key, value) => {
      if (!response.headersSent) response.setHeader(key, value);
    },
  };
}
