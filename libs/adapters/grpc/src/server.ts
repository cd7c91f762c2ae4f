import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
  type handleClientStreamingCall,
  type handleUnaryCall,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { createServer as createTcp, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { TiphysError } from '@tiphys/model';
import type { AbortSignalLike } from '@tiphys/ports';
import { authorize, observe, type CallerTable, type CallEvent } from './guards.ts';
import { isLoopback } from './identity.ts';
import { toServiceError } from './status.ts';
import { watchTlsFiles, type TlsFiles, type TlsIdentity } from './tls-files.ts';

/** Bytes of one message, as the reference allows. */
export const MAX_MESSAGE_BYTES = 200 * 1024 * 1024;
const IDLE_HANDSHAKE_MS = 15_000;

export interface ServiceBinding {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  readonly callers: CallerTable;
}

export interface InternalServerOptions {
  readonly address: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Directory with `tls.crt`, `tls.key` and `ca.crt`. Without it the server is plaintext, and only on loopback. */
  readonly tlsDirectory?: string;
  readonly services: readonly ServiceBinding[];
  /** Called after each call. */
  readonly onCall?: (event: CallEvent) => void;
  /** Milliseconds between looks at the TLS files. Default 10 000. */
  readonly tlsIntervalMs?: number;
}

export interface InternalServer {
  readonly port: number;
  /** True without TLS: worth a warning. */
  readonly isPlaintext: boolean;
  /** Lets running calls end, up to the grace time in milliseconds (default 5000). */
  close(graceMs?: number): Promise<void>;
}

/**
 * Serves internal gRPC. With TLS every caller shows a certificate of the common authority, and each method checks
 * which service it is; a caller that is not on the method's list gets PERMISSION_DENIED.
 */
export async function startInternalServer(options: InternalServerOptions): Promise<InternalServer> {
  const files =
    options.tlsDirectory === undefined
      ? undefined
      : await watchTlsFiles(options.tlsDirectory, options.tlsIntervalMs);
  if (files === undefined && !isLoopback(options.address)) {
    throw new TiphysError(
      'failed-precondition',
      `without --internal-tls-dir the server listens on loopback only, not on ${options.address}`,
    );
  }
  const grpc = grpcServer(options, files !== undefined);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = listenerFor(files, (socket) => injector.injectConnection(socket));
  await listen(listener, options);
  return {
    port: (listener.address() as AddressInfo).port,
    isPlaintext: files === undefined,
    close: async (graceMs = 5_000) => {
      files?.close();
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      injector.drain(graceMs);
      injector.destroy();
      await shutdown(grpc, graceMs);
      await closed;
    },
  };
}

function grpcServer(options: InternalServerOptions, hasTls: boolean): Server {
  const { onCall, services } = options;
  const callers: CallerTable = Object.assign(
    {},
    ...services.map((service) => service.callers),
  ) as CallerTable;
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    interceptors: [
      ...(onCall === undefined ? [] : [observe(onCall)]),
      ...(hasTls ? [authorize(callers)] : []),
    ],
  });
  for (const { definition, implementation } of services) server.addService(definition, implementation);
  return server;
}

function listenerFor(files: TlsFiles | undefined, onConnection: (socket: Socket) => void): NetServer {
  const guarded = (socket: Socket): void => {
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    onConnection(socket);
  };
  if (files === undefined) return createTcp(guarded);
  const server = createTls(
    { ...contextOf(files.current), ALPNProtocols: ['h2'], handshakeTimeout: IDLE_HANDSHAKE_MS },
    guarded,
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  files.onChange((identity) => server.setSecureContext(contextOf(identity)));
  return server;
}

const contextOf = (identity: TlsIdentity): object => ({
  ...identity,
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
});

function listen(listener: NetServer, options: InternalServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${options.address}:${options.port}`;
      reject(
        new TiphysError('failed-precondition', `cannot listen on ${where}: ${cause.code ?? ''}`, { cause }),
      );
    });
    listener.listen(options.port, options.address, () => resolve());
  });
}

function shutdown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Makes a gRPC handler of a promise: errors become statuses, a canceled call aborts the signal. */
export function unary<Request, Response>(
  handle: (request: Request, signal: AbortSignalLike) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => {
    const abort = new AbortController();
    call.once('cancelled', () => abort.abort());
    handle(call.request, abort.signal).then(
      (response) => reply(null, response),
      (error: unknown) => reply(toServiceError(error)),
    );
  };
}

/** The same for a handler of a stream of messages; a call that ends early ends the stream with an error. */
export function clientStream<Request, Response>(
  handle: (messages: AsyncIterable<Request>, signal: AbortSignalLike) => Promise<Response>,
): handleClientStreamingCall<Request, Response> {
  return (call: ServerReadableStream<Request, Response>, reply: sendUnaryData<Response>) => {
    const abort = new AbortController();
    call.once('cancelled', () => {
      abort.abort();
      call.destroy(new TiphysError('canceled', 'the caller went away'));
    });
    handle(call as AsyncIterable<Request>, abort.signal).then(
      (response) => reply(null, response),
      (error: unknown) => reply(toServiceError(error)),
    );
  };
}
