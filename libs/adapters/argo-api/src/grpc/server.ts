import type { EventEmitter } from 'node:events';
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import type {
  ConnectionInjector,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  status,
  UntypedServiceImplementation,
  sendUnaryData,
} from '@grpc/grpc-js';
import { TiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';
import type { ApiCalls, Call } from '../calls/calls.ts';
import { readRequest } from '../calls/request.ts';
import { statusOf } from '../calls/status.ts';
import { encodeProto } from '../codec/index.ts';
import { apiSchema } from '../schema/load.ts';
import type { MethodShape } from '../schema/shape.ts';
import { admission } from './limits.ts';
import { textOf } from './metadata.ts';

/** Bytes of a message, both ways: what clients of this API allow. */
const MAX_MESSAGE = 200 * 1024 * 1024;
const MIN_PING_MS = 10_000;
/** Calls at once on one connection; watches of a proxy that serves many people share one. */
const MAX_STREAMS = 1_000;
/** MiB that one connection may hold on to. */
const MAX_SESSION_MIB = 512;

type AnyCall =
  | ServerUnaryCall<Buffer, Buffer>
  | ServerWritableStream<Buffer, Buffer>
  | ServerReadableStream<Buffer, Buffer>;

export interface GrpcServer {
  readonly injector: ConnectionInjector;
  /** Ends running calls. */
  close(): void;
}

/** Serves every RPC of the API over connections that are injected. */
export function createGrpcServer(calls: ApiCalls, logger: Logger): GrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE,
    'grpc.max_send_message_length': MAX_MESSAGE,
    'grpc.http2.min_ping_interval_without_data_ms': MIN_PING_MS,
    'grpc.max_concurrent_streams': MAX_STREAMS,
    'grpc-node.max_session_memory': MAX_SESSION_MIB,
    interceptors: [admission({ calls, fail: (method, error) => failed(logger, method, error) })],
  });
  for (const [definition, handlers] of services(calls, logger)) server.addService(definition, handlers);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    injector,
    close: () => {
      injector.destroy();
      server.forceShutdown();
    },
  };
}

const bytes = (value: Uint8Array): Buffer => Buffer.from(value.buffer, value.byteOffset, value.byteLength);
const pass = (value: Buffer): Buffer => value;

/** One definition a service; messages cross grpc-js as bytes, so that our own errors reach the caller. */
function services(calls: ApiCalls, logger: Logger): [ServiceDefinition, UntypedServiceImplementation][] {
  const byService = new Map<string, MethodShape[]>();
  for (const method of apiSchema().methods.values()) {
    byService.set(method.service, [...(byService.get(method.service) ?? []), method]);
  }
  return [...byService.values()].map((methods) => [
    Object.fromEntries(methods.map((method) => [method.name, definitionOf(method)])),
    Object.fromEntries(methods.map((method) => [method.name, handlerOf(method, calls, logger)])),
  ]);
}

const definitionOf = (method: MethodShape): ServiceDefinition[string] => ({
  path: method.path,
  requestStream: method.clientStreams,
  responseStream: method.serverStreams,
  requestSerialize: pass,
  requestDeserialize: pass,
  responseSerialize: pass,
  responseDeserialize: pass,
});

function handlerOf(
  method: MethodShape,
  calls: ApiCalls,
  logger: Logger,
): UntypedServiceImplementation[string] {
  const fail = (error: unknown): Failure => failed(logger, method, error);
  if (method.clientStreams) {
    return (call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      const context = grpcCall(call);
      serveUpload(method, calls, { call, context }).then(
        (reply) => done(null, reply, context.trailer),
        (error: unknown) => done(fail(error)),
      );
    };
  }
  if (method.serverStreams) {
    return (call: ServerWritableStream<Buffer, Buffer>) => void serveStream(method, calls, { call, fail });
  }
  return (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
    const context = grpcCall(call);
    serveUnary(method, calls, { call, context }).then(
      (reply) => done(null, reply, context.trailer),
      (error: unknown) => done(fail(error)),
    );
  };
}

async function serveUnary(
  method: MethodShape,
  calls: ApiCalls,
  { call, context }: { readonly call: ServerUnaryCall<Buffer, Buffer>; readonly context: GrpcCall },
): Promise<Buffer> {
  const reply = await calls.unary(method, readRequest(method, call.request), context);
  context.sendHeaders();
  return bytes(encodeProto(method.response, reply));
}

async function serveUpload(
  method: MethodShape,
  calls: ApiCalls,
  { call, context }: { readonly call: ServerReadableStream<Buffer, Buffer>; readonly context: GrpcCall },
): Promise<Buffer> {
  const gone = new TiphysError('canceled', 'the caller went away');
  context.signal.addEventListener('abort', () => call.destroy(gone), { once: true });
  const reply = await calls.upload(method, requestsIn(method, call), context);
  context.sendHeaders();
  return bytes(encodeProto(method.response, reply));
}

async function* requestsIn(method: MethodShape, messages: AsyncIterable<Buffer>): AsyncGenerator<JsonObject> {
  for await (const message of messages) yield readRequest(method, message);
}

async function serveStream(
  method: MethodShape,
  calls: ApiCalls,
  {
    call,
    fail,
  }: { readonly call: ServerWritableStream<Buffer, Buffer>; readonly fail: (error: unknown) => object },
): Promise<void> {
  const context = grpcCall(call);
  try {
    for await (const message of calls.stream(method, readRequest(method, call.request), context)) {
      if (call.cancelled) return;
      context.sendHeaders();
      if (!call.write(bytes(encodeProto(method.response, message)))) await drained(call, context.signal);
    }
    call.end();
  } catch (error) {
    if (!call.cancelled) call.emit('error', fail(error));
  }
}

const drained = (call: ServerWritableStream<Buffer, Buffer>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const go = (): void => {
      call.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    call.once('drain', go);
    signal.addEventListener('abort', go);
  });

interface GrpcCall extends Call {
  readonly trailer: Metadata;
  /** Sends what `setHeader` collected, once. */
  sendHeaders(): void;
}

function grpcCall(call: AnyCall): GrpcCall {
  const gone = new AbortController();
  const abort = (): void => gone.abort();
  (call as EventEmitter).once('cancelled', abort);
  const headers = new Metadata();
  let pending = false;
  return {
    transport: 'grpc',
    peer: call.getPeer(),
    signal: gone.signal,
    trailer: new Metadata(),
    metadata: (key) => textOf(call.metadata, key),
    setHeader: (key, value) => {
      headers.set(key, value);
      pending = true;
    },
    sendHeaders: () => {
      if (pending) call.sendMetadata(headers);
      pending = false;
    },
  };
}

interface Failure {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** The status of an error; what has no code is a fault of ours and goes to the log. */
function failed(logger: Logger, { path }: MethodShape, error: unknown): Failure {
  if (!(error instanceof TiphysError)) logger.error('call failed', { method: path, error });
  const { code, message } = statusOf(error);
  return { code, details: message, metadata: new Metadata() };
}
