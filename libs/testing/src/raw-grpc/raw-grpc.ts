import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';

export interface RawReply {
  readonly status: number;
  readonly grpcStatus: number;
  readonly grpcMessage: string;
  readonly messages: readonly Buffer[];
}

export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly messages: readonly Buffer[];
}

/** A call whose answer may go on for ever. */
export interface RawStream {
  /** What was received whole so far. */
  messages(): readonly Buffer[];
  /** How it ended; `grpcStatus` is NaN where this side ended it. */
  readonly end: Promise<RawReply>;
  cancel(): void;
}

/** One gRPC call over HTTP/2 without a library: message bytes in, status and message bytes out. */
export const rawGrpc = (port: number, path: string, request: RawRequest): Promise<RawReply> =>
  openRawGrpc(port, path, request).end;

/** The same, for who looks at messages while they come. */
export function openRawGrpc(port: number, path: string, request: RawRequest): RawStream {
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...request.headers,
  });
  const chunks: Buffer[] = [];
  const messages = (): readonly Buffer[] => unframed(Buffer.concat(chunks));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = replyOf(session, stream, messages);
  for (const message of request.messages) stream.write(framed(message));
  stream.end();
  return { messages, end, cancel: () => stream.close(constants.NGHTTP2_CANCEL) };
}

function replyOf(
  session: ClientHttp2Session,
  stream: ClientHttp2Stream,
  messages: RawStream['messages'],
): Promise<RawReply> {
  const head: Record<string, unknown> = {};
  stream.on('response', (headers) => void Object.assign(head, headers));
  stream.on('trailers', (headers) => void Object.assign(head, headers));
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve({
        status: Number(head[':status']),
        grpcStatus: Number(head['grpc-status']),
        grpcMessage: decodeURIComponent(typeof head['grpc-message'] === 'string' ? head['grpc-message'] : ''),
        messages: messages(),
      });
    });
  });
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function unframed(bytes: Buffer): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    if (end <= bytes.length) messages.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return messages;
}
