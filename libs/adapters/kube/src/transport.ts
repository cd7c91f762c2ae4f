import type WebSocket from 'ws';
import { TiphysError } from '@tiphys/model';
import type { AbortSignalLike, Clock } from '@tiphys/ports';
import { connectionError, refusalError } from './api-error.ts';
import type { Impersonation, KubeConnection } from './connection.ts';
import { makeDispatchers } from './dispatchers.ts';
import type { Dispatchers } from './dispatchers.ts';
import { exchange } from './exchange.ts';
import type { ExchangeRequest, Flow } from './exchange.ts';
import { requestSignal, unlessAborted } from './request-signal.ts';
import type { RequestSignal } from './request-signal.ts';
import { ResponseBody } from './response-body.ts';
import { retryDelay } from './retry.ts';
import { Starting } from './starting.ts';
import { openWebSocket } from './web-socket.ts';
import type { WebSocketRequest } from './web-socket.ts';

export interface TransportOptions {
  readonly clock: Clock;
  /** Milliseconds for a request with all its tries. Default 30 000. */
  readonly deadlineMs?: number;
  /** Connections that requests share; watches have their own. Default 16. */
  readonly connections?: number;
  /** Bytes of an answer, packed or unpacked; more is `resource-exhausted`. Default 256 MiB. */
  readonly maxBodyBytes?: number;
  /** Value of the User-Agent header. Default `tiphys`. */
  readonly userAgent?: string;
  /** Told of each request when its response begins, or when there comes none. */
  readonly onRequest?: (event: KubeRequestEvent) => void;
}

/** One request, each try by itself. */
export interface KubeRequestEvent {
  /** Name and port of the API server. */
  readonly host: string;
  readonly method: string;
  /** Undefined where no response came. */
  readonly status: number | undefined;
  readonly seconds: number;
}

export interface TransportRequest {
  readonly method: string;
  /** Path and query below the server's address, from `/`. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  /** Default `application/json`. */
  readonly accept?: string | undefined;
  readonly signal?: AbortSignalLike | undefined;
  /** Whose rights the request has; absent: those of the connection. */
  readonly user?: string | undefined;
  /** Asked right before each try is sent; what it throws is the outcome. */
  readonly fence?: (() => void) | undefined;
}

export interface StreamSink {
  /** Called once, when the server accepted, before the first chunk. */
  onOpen(flow: Flow): void;
  onChunk(chunk: Buffer): void;
}

/** HTTP to one API server. Errors are TiphysErrors as the port KubeApi names them; redirects are never followed. */
export interface Transport {
  readonly server: string;
  /** The text of a successful answer, within the deadline; which failures are tried again says `retryDelay`. */
  send(request: TransportRequest): Promise<string>;
  /** A long answer to a GET, handed on as it comes; the deadline holds until it opens. Resolves when the server ends it. */
  stream(request: TransportRequest, sink: StreamSink): Promise<void>;
  /** A websocket with the rights of the connection, or of `user`; the deadline and the tries are those of `send`. */
  openSocket(request: SocketRequest): Promise<WebSocket>;
  /** Ends all that is under way. */
  close(): Promise<void>;
}

export type SocketRequest = Pick<TransportRequest, 'path' | 'user' | 'fence'> &
  Pick<WebSocketRequest, 'protocols'>;

interface Context extends Dispatchers {
  readonly connection: KubeConnection;
  readonly options: TransportOptions;
  readonly starting: Starting;
  /** Those that are open. */
  readonly sockets: Set<WebSocket>;
}

const DEADLINE_MS = 30_000;
const CONNECT_MS = 10_000;
const MAX_BODY_BYTES = 256 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 1024 * 1024;

/** Makes the transport; no connection is opened before the first request. Throws `invalid` for TLS settings that make no sense. */
export async function makeTransport(
  connection: KubeConnection,
  options: TransportOptions,
): Promise<Transport> {
  const dispatchers = await makeDispatchers(connection, {
    connections: options.connections ?? 16,
    connectTimeoutMs: Math.min(CONNECT_MS, options.deadlineMs ?? DEADLINE_MS),
  });
  const sockets = new Set<WebSocket>();
  const context = { connection, options, starting: new Starting(options.clock), sockets, ...dispatchers };
  return {
    server: connection.server,
    send: (request) =>
      withTries(context, request, (signal, header) => sendOnce(context, request, { signal, header })),
    stream: (request, sink) =>
      withTries(context, request, (signal, header) => streamOnce(context, request, { signal, header, sink })),
    openSocket: (request) => openSocket(context, request),
    async close() {
      for (const socket of sockets) socket.terminate();
      await Promise.all([dispatchers.requests.destroy(), dispatchers.watches.destroy()]);
    },
  };
}

/** A transport whose requests have the rights of a user. It shares the connections and closes none. */
export function transportAs(transport: Transport, user: string): Transport {
  // Header values are Latin-1 without control characters; no name of a user needs more.
  if (!/^[\x21-\x7e]+$/u.test(user))
    throw new TiphysError('invalid', `'${user}' is no user whose rights requests can have`);
  return {
    server: transport.server,
    send: (request) => transport.send({ ...request, user }),
    stream: (request, sink) => transport.stream({ ...request, user }, sink),
    openSocket: (request) => transport.openSocket({ ...request, user }),
    close: () => Promise.resolve(),
  };
}

/** A transport whose writes are sent only where the fence lets them pass. It shares the connections and closes none. */
export function fencedTransport(transport: Transport, fence: () => void): Transport {
  return {
    server: transport.server,
    send: (request) => transport.send(request.method === 'GET' ? request : { ...request, fence }),
    stream: (request, sink) => transport.stream(request, sink),
    openSocket: (request) => transport.openSocket({ ...request, fence }),
    close: () => Promise.resolve(),
  };
}

/** What runs in a container may change anything: it counts as a write, which is not tried again once it was sent. */
async function openSocket(context: Context, request: SocketRequest): Promise<WebSocket> {
  const sockets = context.sockets;
  const socket = await withTries(context, { ...request, method: 'POST' }, (_signal, header) => {
    request.fence?.();
    return openWebSocket(context.connection, {
      path: request.path,
      protocols: request.protocols,
      headers: {
        'user-agent': context.options.userAgent ?? 'tiphys',
        ...(header === undefined ? {} : { authorization: header }),
        ...impersonationOf(context.connection.impersonate),
        ...(request.user === undefined ? {} : { 'impersonate-user': request.user }),
      },
    });
  });
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket;
}

type OneTry<T> = (signal: RequestSignal, header: string | undefined) => Promise<T>;

async function withTries<T>(context: Context, request: TransportRequest, once: OneTry<T>): Promise<T> {
  const { options, connection, starting } = context;
  const { clock, deadlineMs = DEADLINE_MS } = options;
  const { authorizer } = connection;
  const endsAt = clock.now() + deadlineMs;
  const signal = requestSignal(nameOf(request), deadlineMs, request.signal);
  try {
    for (let tries = 1; ; tries++) {
      const header = await unlessAborted(signal.signal, authorizer.header());
      try {
        return await once(signal, header);
      } catch (cause) {
        const error = connectionError(nameOf(request), connection.server, cause);
        const delay = retryDelay({ method: request.method, error, tries, authorizer, header });
        const judged = starting.judge(error);
        if (signal.opened || delay === undefined || clock.now() + delay >= endsAt) throw judged;
        if (delay > 0) await clock.sleep(delay, signal.signal);
      }
    }
  } finally {
    signal.dispose();
  }
}

async function sendOnce(
  context: Context,
  request: TransportRequest,
  { signal, header }: { readonly signal: RequestSignal; readonly header: string | undefined },
): Promise<string> {
  const body = new ResponseBody(context.options.maxBodyBytes ?? MAX_BODY_BYTES);
  const packed = context.connection.disableCompression !== true;
  await exchange(context.requests, exchangeRequest(context, request, { signal, header, packed }), body);
  const text = await body.text();
  if (isSuccess(body.status)) return text;
  throw refused(request, body, text);
}

async function streamOnce(
  context: Context,
  request: TransportRequest,
  { signal, header, sink }: { signal: RequestSignal; header: string | undefined; sink: StreamSink },
): Promise<void> {
  const refusal = new ResponseBody(MAX_REFUSAL_BYTES);
  await exchange(context.watches, exchangeRequest(context, request, { signal, header, packed: false }), {
    head(head, flow) {
      refusal.head(head);
      if (!isSuccess(head.status)) return;
      signal.open();
      sink.onOpen(flow);
    },
    chunk: (chunk) => (isSuccess(refusal.status) ? sink.onChunk(chunk) : refusal.chunk(chunk)),
  });
  if (!isSuccess(refusal.status)) throw refused(request, refusal, await refusal.text());
}

function exchangeRequest(
  { origin, basePath, options, connection }: Context,
  request: TransportRequest,
  how: { readonly signal: RequestSignal; readonly header: string | undefined; readonly packed: boolean },
): ExchangeRequest {
  return {
    origin,
    method: request.method,
    path: basePath + request.path,
    body: request.body,
    signal: how.signal.signal,
    fence: request.fence,
    observe: observerOf(options, origin, request.method),
    headers: {
      accept: request.accept ?? 'application/json',
      'user-agent': options.userAgent ?? 'tiphys',
      ...(how.packed ? { 'accept-encoding': 'gzip' } : {}),
      ...(how.header === undefined ? {} : { authorization: how.header }),
      ...impersonationOf(connection.impersonate),
      ...(request.user === undefined ? {} : { 'impersonate-user': request.user }),
      ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    },
  };
}

function observerOf(
  { onRequest }: TransportOptions,
  origin: string,
  method: string,
): ExchangeRequest['observe'] {
  if (onRequest === undefined) return undefined;
  const started = performance.now();
  const { host } = new URL(origin);
  return (status) => onRequest({ host, method, status, seconds: (performance.now() - started) / 1_000 });
}

export const impersonationOf = (as: Impersonation | undefined): Record<string, string | string[]> =>
  as === undefined
    ? {}
    : {
        'impersonate-user': as.user,
        ...(as.groups === undefined ? {} : { 'impersonate-group': [...as.groups] }),
        ...(as.uid === undefined ? {} : { 'impersonate-uid': as.uid }),
      };

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const refused = (request: TransportRequest, { status, retryAfter }: ResponseBody, body: string): Error =>
  refusalError({ httpStatus: status, retryAfter, body, request: nameOf(request) });

const nameOf = ({ method, path }: TransportRequest): string => `${method} ${path.split('?', 1)[0]}`;
