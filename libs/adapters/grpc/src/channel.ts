import {
  ChannelCredentials,
  type CallOptions,
  type Client,
  type ClientOptions,
  type ClientUnaryCall,
  type ClientWritableStream,
  type Metadata,
  Metadata as EmptyMetadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { once } from 'node:events';
import { TiphysError } from '@tiphys/model';
import type { AbortSignalLike } from '@tiphys/ports';
import { identityHost, isLoopback } from './identity.ts';
import { MAX_MESSAGE_BYTES } from './server.ts';
import { watchTlsFiles, type TlsIdentity } from './tls-files.ts';

export interface InternalClientOptions {
  /** `host:port` */
  readonly address: string;
  /** Directory with `tls.crt`, `tls.key` and `ca.crt`. Without it only loopback is dialled, in plaintext. */
  readonly tlsDirectory?: string;
  /** Milliseconds a call may take. Default 60 000. */
  readonly timeoutMs?: number;
  readonly tlsIntervalMs?: number;
}

/** A client that is replaced when the certificates change. */
export interface Channel<C extends Client> {
  readonly client: C;
  readonly peer: string;
  readonly timeoutMs: number;
  /** Waits for the far side to be there again, but not long; false at once while it is known to be away for longer. */
  isBack(): Promise<boolean>;
  close(): void;
}

type ClientClass<C extends Client> = new (
  address: string,
  credentials: ChannelCredentials,
  options?: Partial<ClientOptions>,
) => C;

const DEFAULT_TIMEOUT_MS = 60_000;
/** A restart of a service takes less. */
const RETURN_MS = 10_000;

/** Opens a channel to a service; the far side must show the certificate of that service. */
export async function openChannel<C extends Client>(
  clientClass: ClientClass<C>,
  service: string,
  options: InternalClientOptions,
): Promise<Channel<C>> {
  const files =
    options.tlsDirectory === undefined
      ? undefined
      : await watchTlsFiles(options.tlsDirectory, options.tlsIntervalMs);
  const host = options.address.replace(/:\d+$/, '');
  if (files === undefined && !isLoopback(host)) {
    throw new TiphysError(
      'failed-precondition',
      `without --internal-tls-dir ${service} is dialled on loopback only, not at ${options.address}`,
    );
  }
  const connect = (identity: TlsIdentity | undefined): C =>
    new clientClass(
      options.address,
      credentialsOf(identity),
      channelOptions(service, identity !== undefined),
    );
  let client = connect(files?.current);
  files?.onChange((identity) => {
    const old = client;
    client = connect(identity);
    old.close();
  });
  return {
    get client() {
      return client;
    },
    peer: service,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    isBack: awaitReturn(() => client, Math.min(RETURN_MS, options.timeoutMs ?? RETURN_MS)),
    close: () => {
      files?.close();
      client.close();
    },
  };
}

/** Whoever asks meanwhile shares one wait. After one in vain nobody waits until the far side has been seen again. */
function awaitReturn(client: () => Client, waitMs: number): () => Promise<boolean> {
  let waiting: Promise<boolean> | undefined;
  let isAway = false;
  return () => {
    waiting ??= isReady(client(), isAway ? 0 : waitMs).then((ready) => {
      waiting = undefined;
      isAway = !ready;
      return ready;
    });
    return waiting;
  };
}

const isReady = (client: Client, withinMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    client.waitForReady(Date.now() + withinMs, (error) => resolve(error === undefined));
  });

const credentialsOf = (identity: TlsIdentity | undefined): ChannelCredentials =>
  identity === undefined
    ? ChannelCredentials.createInsecure()
    : ChannelCredentials.createSsl(identity.ca, identity.key, identity.cert);

const channelOptions = (service: string, hasTls: boolean): Partial<ClientOptions> => ({
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  ...(hasTls ? { 'grpc.ssl_target_name_override': identityHost(service) } : {}),
});

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

/** Calls a unary method with a deadline. Rejects with the ServiceError. */
export function callUnary<Request, Response>(
  method: UnaryMethod<Request, Response>,
  request: Request,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignalLike | undefined },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    const deadline = Date.now() + options.timeoutMs;
    const call = method(request, new EmptyMetadata(), { deadline }, (error, response) => {
      signal?.removeEventListener('abort', cancel);
      if (error === null) resolve(response);
      else reject(error);
    });
    const cancel = (): void => call.cancel();
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
  });
}

type StreamMethod<Request, Response> = (
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientWritableStream<Request>;

/**
 * Sends a stream of messages with a deadline, no faster than the far side reads them. Rejects with the ServiceError, or
 * with what the messages failed with.
 */
export async function callWithStream<Request, Response>(
  method: StreamMethod<Request, Response>,
  messages: AsyncIterable<Request>,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignalLike | undefined },
): Promise<Response> {
  const { signal } = options;
  const ended = new AbortController();
  let cancel = (): void => undefined;
  try {
    return await new Promise<Response>((resolve, reject) => {
      const deadline = Date.now() + options.timeoutMs;
      const stream = method(new EmptyMetadata(), { deadline }, (error, response) => {
        ended.abort();
        if (error === null) resolve(response);
        else reject(error);
      });
      // What cuts the stream off comes with the answer.
      stream.on('error', () => undefined);
      cancel = () => stream.cancel();
      signal?.addEventListener('abort', cancel);
      if (signal?.aborted === true) cancel();
      pump(stream, messages, ended.signal).catch((error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        stream.cancel();
      });
    });
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

async function pump<Request>(
  stream: ClientWritableStream<Request>,
  messages: AsyncIterable<Request>,
  ended: AbortSignal,
): Promise<void> {
  for await (const message of messages) {
    if (ended.aborted) return;
    if (stream.write(message)) continue;
    await once(stream, 'drain', { signal: ended }).catch(() => undefined);
  }
  if (!ended.aborted) stream.end();
}
